package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.Compactor.Verification;
import io.litestream.replica.Line.Tags;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.LongStream;

final class CompactorTest {

    private static final Txid ALL = new Txid(1_000_000);
    private static final ObjectKey MERGED =
            new ObjectKey("ltx/1/0000000000000002-0000000000000006.ltx");

    @TempDir Path directory;

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);
    private final Replica replica = new Replica("test", store, KeyLayout.PLAIN);
    private final Replica sound = new Replica("test", memory, KeyLayout.PLAIN);

    @RepeatedTest(30)
    void everyPointStaysAsItWas() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Line line = new Line(seed, 1 + random.nextInt(20));
        line.add(replica, 9, 1, 1, Tags.ALL);
        for (int i = 0; i < 40; i++) {
            long txid = line.commitSomething().value();
            line.add(replica, 0, txid, txid, Tags.ALL);
            int level = 1 + random.nextInt(9);
            if (level <= 3) {
                compactAll(level, Verification.values()[random.nextInt(2)]);
            }
        }
        compactAll(1, Verification.NONE);
        compactAll(2, Verification.NONE);

        for (Txid point : RestorePlanner.points(replica.inventory())) {
            assertRestores(line, replica.inventory(), point, "seed " + seed);
        }
        assertRestores(line, without(0), line.head(), "without level 0, seed " + seed);
        assertRestores(line, without(0, 1), line.head(), "of level 2 alone, seed " + seed);
        assertThat(memory.openStreams()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Tags.class)
    void theFileSaysWhatItsInputsSaid(Tags tags) throws Exception {
        Line line = lineOf(6, tags);

        ReplicaFile file = compact(Verification.READ_BACK).file();

        LtxHeader header = replica.header(file);
        assertThat(file.range()).isEqualTo(new TxidRange(new Txid(2), new Txid(6)));
        assertThat(file.created()).isEqualTo(Line.time(new Txid(6)));
        assertThat(header.timestamp()).isEqualTo(Line.time(new Txid(6)));
        assertThat(header.wal()).isEqualTo(WalOrigin.NONE);
        assertThat(header.tag())
                .isEqualTo(
                        tags == Tags.NONE
                                ? IntegrityTag.NONE
                                : IntegrityTag.between(
                                        line.checksum(new Txid(1)), line.checksum(new Txid(6))));
        assertThat(replica.inventory().files(new Level(0))).hasSize(5);
    }

    @Test
    void nothingIsStoredIfAnInputIsDamaged() throws Exception {
        lineOf(6, Tags.ALL);
        store.inject(
                Operation.OPEN, key -> key.value().contains("0004.ltx"), Fault.corruptReads(200));

        assertThatThrownBy(() -> compact(Verification.NONE))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("ltx/0/0000000000000004-0000000000000004.ltx");

        assertThat(sound.inventory().files(new Level(1))).isEmpty();
        store.heal();
        assertThat(compact(Verification.NONE).inputs()).hasSize(5);
    }

    @Test
    void nothingIsStoredIfTheInputsAreOfTwoHistories() throws Exception {
        lineOf(4, Tags.ALL);
        Line other = new Line(99, 7);
        while (other.head().value() < 6) {
            other.commitSomething();
        }
        other.add(replica, 0, 5, 5, Tags.ALL);
        other.add(replica, 0, 6, 6, Tags.ALL);

        assertThatThrownBy(() -> compact(Verification.NONE))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("ltx/0/0000000000000005-0000000000000005.ltx")
                .hasMessageContaining("pre-apply");

        assertThat(sound.inventory().files(new Level(1))).isEmpty();
    }

    @Test
    void nothingIsStoredIfAFileIsNotWhatItsNameSays() throws Exception {
        Line line = lineOf(6, Tags.NONE);
        ReplicaFile fifth = file(0, 5);
        replica.delete(fifth);
        ReplicaFile other = line.add(replica, 1, 3, 4, Tags.NONE);
        byte[] content = stored(replica.key(other));
        memory.create(replica.key(fifth), Line.START, out -> out.write(content));
        replica.delete(other);

        assertThatThrownBy(() -> compact(Verification.NONE))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("0000000000000005-0000000000000005.ltx");
    }

    @Test
    void aStoreThatFailsLosesNothing() throws Exception {
        Line line = lineOf(6, Tags.ALL);
        store.inject(Operation.CREATE, MERGED::equals, Fault.failBefore(), 1);

        assertThatThrownBy(() -> compact(Verification.NONE))
                .isInstanceOf(StorageException.Unavailable.class);
        assertThat(sound.inventory().files(new Level(1))).isEmpty();

        compact(Verification.NONE);
        assertRestores(line, without(0), new Txid(6), "after the failure");
    }

    @Test
    void theSameMergeSucceedsAfterALostAnswer() throws Exception {
        lineOf(6, Tags.ALL);
        Compaction due = due(1).orElseThrow();
        store.inject(Operation.CREATE, MERGED::equals, Fault.failAfter(), 1);

        assertThatThrownBy(() ->
                        compactor(LocalFiles.NONE, Verification.NONE).compact(due, () -> false))
                .isInstanceOf(StorageException.Unavailable.class);

        assertThat(compactor(LocalFiles.NONE, Verification.NONE).compact(due, () -> false).inputs())
                .hasSize(5);
    }

    @Test
    void aReadThatBreaksOffGoesOnWhereItWas() throws Exception {
        Line line = lineOf(6, Tags.ALL);
        store.inject(Operation.OPEN, _ -> true, Fault.breakReads(300), 3);
        store.inject(Operation.OPEN, _ -> true, Fault.truncateReads(200), 2);
        store.inject(Operation.OPEN, _ -> true, Fault.failBefore(), 2);

        compact(Verification.NONE);

        store.heal();
        assertRestores(line, without(0), new Txid(6), "after broken reads");
    }

    @Test
    void aFileThatTheStoreDamagesIsFoundAndDeleted() throws Exception {
        lineOf(6, Tags.ALL);
        store.inject(Operation.OPEN, MERGED::equals, Fault.corruptReads(150));

        assertThatThrownBy(() -> compact(Verification.READ_BACK))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(MERGED.value());

        assertThat(sound.inventory().files(new Level(1))).isEmpty();
    }

    @Test
    void anotherFileInItsPlaceStays() throws Exception {
        lineOf(6, Tags.ALL);
        Compaction due = due(1).orElseThrow();
        memory.create(MERGED, Line.START, out -> out.write(1));

        assertThatThrownBy(() ->
                        compactor(LocalFiles.NONE, Verification.NONE).compact(due, () -> false))
                .isInstanceOf(StorageException.Conflict.class);

        assertThat(stored(MERGED)).hasSize(1);
    }

    @Test
    void stopsWhereThePageSizeChangesAndGoesOnBehindIt() throws Exception {
        lineOf(6, Tags.ALL);
        for (long txid = 7; txid <= 9; txid++) {
            addWithOtherPages(txid);
        }

        assertThat(compact(Verification.NONE).file().range().last()).isEqualTo(new Txid(6));
        assertThat(compact(Verification.NONE).file().range())
                .isEqualTo(new TxidRange(new Txid(7), new Txid(9)));
    }

    @Test
    void readsWhatIsOnThisMachineHere() throws Exception {
        Line line = lineOf(6, Tags.ALL);
        copyLocally();
        compactor(this::local, Verification.NONE).compact(due(1).orElseThrow(), () -> false);

        compactor(this::local, Verification.NONE).compact(due(2).orElseThrow(), () -> false);

        assertThat(memory.calls(Operation.OPEN)).isZero();
        assertRestores(line, without(0, 1), new Txid(6), "of level 2");
    }

    @Test
    void makesTheSameOfLocalFilesAndOfFilesThatWereMerged() throws Exception {
        lineOf(9, Tags.ALL);
        copyLocally();
        new Compactor(replica, LocalFiles.NONE, Verification.NONE, new SkippingClock())
                .compact(
                        Compaction.next(replica.inventory(), new Level(1), new Txid(5))
                                .orElseThrow(),
                        () -> false);
        compactAll(1, Verification.NONE);
        Compaction due = due(2).orElseThrow();
        byte[] remote =
                bytes(compactor(LocalFiles.NONE, Verification.NONE).compact(due, () -> false));

        // the store would refuse other content
        byte[] local = bytes(compactor(this::local, Verification.NONE).compact(due, () -> false));

        assertThat(local).isEqualTo(remote);
    }

    @Test
    void isGivenUpWhenTheEngineEnds() throws Exception {
        lineOf(6, Tags.ALL);

        assertThatThrownBy(() ->
                        compactor(LocalFiles.NONE, Verification.NONE)
                                .compact(due(1).orElseThrow(), () -> true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("given up");

        assertThat(sound.inventory().files(new Level(1))).isEmpty();
    }

    @Test
    void asksForEachSmallFileOnce() throws Exception {
        lineOf(200, Tags.ALL);
        memory.resetCounts();

        compact(Verification.NONE);

        assertThat(memory.calls(Operation.OPEN)).isEqualTo(199);
        assertThat(memory.calls(Operation.CREATE)).isEqualTo(1);
    }

    private Line lineOf(int transactions, Tags tags) throws IOException {
        Line line = new Line(7, 5);
        line.add(replica, 9, 1, 1, tags);
        while (line.head().value() < transactions) {
            long txid = line.commitSomething().value();
            line.add(replica, 0, txid, txid, tags);
        }
        return line;
    }

    private void addWithOtherPages(long txid) throws IOException {
        TxidRange range = TxidRange.of(new Txid(txid));
        LtxHeader header =
                new LtxHeader(
                        1024,
                        1,
                        range,
                        Line.time(range.last()),
                        WalOrigin.NONE,
                        0,
                        IntegrityTag.NONE);
        replica.create(
                Level.CAPTURED,
                range,
                Line.START,
                out -> {
                    LtxEncoder encoder = new LtxEncoder(out, header);
                    encoder.page(1, new byte[1024]);
                    encoder.finish();
                });
    }

    private Optional<Compaction> due(int level) throws IOException {
        return Compaction.next(sound.inventory(), new Level(level), ALL);
    }

    private Compactor compactor(LocalFiles local, Verification verification) {
        return new Compactor(replica, local, verification, new SkippingClock());
    }

    private Compactor.Result compact(Verification verification) throws IOException {
        return compactor(LocalFiles.NONE, verification).compact(due(1).orElseThrow(), () -> false);
    }

    private void compactAll(int level, Verification verification) throws IOException {
        for (var due = due(level); due.isPresent(); due = due(level)) {
            compactor(LocalFiles.NONE, verification).compact(due.get(), () -> false);
        }
    }

    private ReplicaFile file(int level, long txid) throws IOException {
        Predicate<ReplicaFile> same = f -> f.range().equals(TxidRange.of(new Txid(txid)));
        return sound.inventory().files(new Level(level)).stream()
                .filter(same)
                .findFirst()
                .orElseThrow();
    }

    private Inventory without(Integer... levels) throws IOException {
        return Inventory.of(
                sound.inventory().files().stream()
                        .filter(file -> !List.of(levels).contains(file.level().number()))
                        .toList());
    }

    /// Copies level 0 to the directory.
    private void copyLocally() throws IOException {
        for (ReplicaFile file : sound.inventory().files(Level.CAPTURED)) {
            Files.write(directory.resolve(file.name()), stored(replica.key(file)));
        }
        memory.resetCounts();
    }

    private List<Path> local(ReplicaFile file) {
        TxidRange range = file.range();
        return LongStream.rangeClosed(range.first().value(), range.last().value())
                .mapToObj(txid -> directory.resolve(TxidRange.of(new Txid(txid)).fileName()))
                .toList();
    }

    private byte[] stored(ObjectKey key) throws IOException {
        try (InputStream in = memory.open(key)) {
            return in.readAllBytes();
        }
    }

    private byte[] bytes(Compactor.Result result) throws IOException {
        return stored(replica.key(result.file()));
    }

    /// Puts a state together from the files of a plan.
    private void assertRestores(Line line, Inventory inventory, Txid point, String what)
            throws IOException {
        PlanResult plan = RestorePlanner.plan(inventory, point);
        assertThat(plan).as("%s: plan of %s", what, point).isInstanceOf(PlanResult.Plan.class);
        byte[] database = new byte[0];
        for (ReplicaFile file : ((PlanResult.Plan) plan).files()) {
            try (InputStream in = sound.open(file);
                    LtxDecoder decoder = new LtxDecoder(in, file.toString())) {
                int size = (int) decoder.header().pageCount() * Line.PAGE_SIZE;
                database = Arrays.copyOf(database, size);
                while (decoder.next()) {
                    int at = (int) (decoder.pageNumber() - 1) * Line.PAGE_SIZE;
                    System.arraycopy(decoder.page(), 0, database, at, Line.PAGE_SIZE);
                }
            }
        }
        assertThat(database).as("%s: %s", what, point).isEqualTo(line.database(point));
    }
}
