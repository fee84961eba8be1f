package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.ReadAhead.Span;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;

final class ReadAheadTest {

    private static final int PARALLELISM = 4;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
    private final Replica replica = new Replica("test", store, KeyLayout.PLAIN);

    @Test
    void fetchesManySmallFilesAtOnce() throws Exception {
        assertAtOnce(files(100, 1_000), 8 * PARALLELISM);
    }

    @Test
    void fetchesAsManyLargePiecesAsTheParallelismAllows() throws Exception {
        assertAtOnce(files(2, 50 << 20), PARALLELISM);
    }

    @Test
    void fetchesALargeFileBesideSmallOnes() throws Exception {
        List<ReplicaFile> files = new ArrayList<>(files(20, 1_000));
        files.add(file(100, 50 << 20));

        assertAtOnce(files, 20 + PARALLELISM - 1);
    }

    /// Asserts how many fetches there are while none is answered; then reads all.
    private void assertAtOnce(List<ReplicaFile> files, long expected) throws Exception {
        Gate gate = new Gate();
        FaultyObjectStore.Injection fetches =
                store.inject(Operation.OPEN, _ -> true, Fault.hang(gate));
        FutureTask<Boolean> reading = new FutureTask<>(() -> readAll(files));
        Thread.ofVirtual().start(reading);
        for (long i = 0; i < expected; i++) {
            gate.awaitArrival();
        }
        assertThat(fetches.hits()).isEqualTo(expected);
        gate.open();
        assertThat(reading.get()).as("each file as it was stored").isTrue();
    }

    private boolean readAll(List<ReplicaFile> files) throws IOException {
        List<Span> spans = files.stream().map(this::span).toList();
        boolean right = true;
        try (ReadAhead source =
                new ReadAhead(
                        replica,
                        spans,
                        PARALLELISM,
                        new Retries(Clock.system()),
                        RestoreProgress.NONE)) {
            for (ReplicaFile file : files) {
                byte[] read = source.open(span(file)).readAllBytes();
                right &= Arrays.equals(read, content(file.range().last().value(), file.size()));
            }
        }
        return right;
    }

    private Span span(ReplicaFile file) {
        return Span.of(replica.key(file), file.size());
    }

    private List<ReplicaFile> files(int count, int size) throws IOException {
        List<ReplicaFile> files = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            files.add(file(i, size));
        }
        return files;
    }

    private ReplicaFile file(long txid, int size) throws IOException {
        TxidRange range = TxidRange.of(new Txid(txid));
        byte[] content = content(txid, size);
        return replica.create(Level.CAPTURED, range, Instant.EPOCH, out -> out.write(content));
    }

    private static byte[] content(long txid, long size) {
        byte[] content = new byte[Math.toIntExact(size)];
        Arrays.fill(content, (byte) txid);
        return content;
    }
}
