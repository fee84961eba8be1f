package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Line.Tags;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Kills a process that restores, and restores again.
final class RestoreKillTest {

    private static final int PAGES = 40_000;
    private static final Txid HEAD = new Txid(4);

    @TempDir Path replicaDirectory;
    @TempDir Path directory;

    private final Line line = new Line(11, PAGES);
    private Replica replica;
    private Path output;
    private Path record;
    private Path temporary;

    @BeforeEach
    void prepare() {
        replica = new Replica("test", new FileObjectStore(replicaDirectory), KeyLayout.PLAIN);
        output = directory.resolve("restored.db");
        temporary = directory.resolve("restored.db.tmp");
        record = directory.resolve("restored.db.tmp-progress");
    }

    @ParameterizedTest
    @EnumSource(Tags.class)
    void goesOnWhereItWasKilled(Tags tags) throws Exception {
        fill(tags);
        killAfterARecord();
        long all = replica.inventory().sizeBytes();

        AtomicLong read = new AtomicLong();
        RestoreResult result = restore(read);

        assertThat(output).hasBinaryContent(line.database(HEAD));
        assertThat(result.checksum()).isEqualTo(line.checksum(HEAD));
        long saved = all - read.get();
        if (tags == Tags.ALL) {
            assertThat(saved).isGreaterThan(3L << 20);
        } else {
            assertThat(saved).as("the verified files, which are small").isGreaterThan(500);
        }
        assertThatNothingElseIsLeft();
    }

    @Test
    void beginsAgainIfWhatWasWrittenIsNoLongerThere() throws Exception {
        fill(Tags.ALL);
        killAfterARecord();
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}), 1000);
        }

        AtomicLong read = new AtomicLong();
        restore(read);

        assertThat(output).hasBinaryContent(line.database(HEAD));
        assertThat(read.get()).isEqualTo(replica.inventory().sizeBytes());
        assertThatNothingElseIsLeft();
    }

    @Test
    void beginsAgainWithAnotherPlan() throws Exception {
        fill(Tags.ALL);
        killAfterARecord();
        Txid next = line.commitSomething();
        line.add(replica, 0, next.value(), next.value(), Tags.ALL);

        restore(new AtomicLong());

        assertThat(output).hasBinaryContent(line.database(next));
        assertThatNothingElseIsLeft();
    }

    private void fill(Tags tags) throws IOException {
        while (line.head().value() < HEAD.value()) {
            line.commitSomething();
        }
        line.add(replica, 9, 1, 1, tags);
        line.add(replica, 0, 2, 2, tags);
        line.add(replica, 1, 3, 4, tags);
    }

    private void killAfterARecord() throws Exception {
        Process child =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SlowRestore.class.getName(),
                                replicaDirectory.toString(),
                                output.toString())
                        .inheritIO()
                        .start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!hasBegunSnapshot()) {
            assertThat(child.isAlive()).as("the restoring process lives").isTrue();
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.sleep(20);
        }
        child.destroyForcibly().waitFor();
        assertThat(temporary).exists();
        assertThat(output).doesNotExist();
    }

    private boolean hasBegunSnapshot() throws IOException {
        return RestoreRecord.read(record)
                .filter(left -> left.filesDone() == 2 && left.begun().size() > 7_000)
                .isPresent();
    }

    private RestoreResult restore(AtomicLong read) throws RestoreException {
        return new Restore(replica, Clock.system())
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), output)
                                .withCheck(IntegrityCheck.NONE)
                                .withProgress((bytes, _) -> read.set(Math.max(bytes, read.get()))));
    }

    private void assertThatNothingElseIsLeft() throws IOException {
        try (var entries = Files.list(directory)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .containsExactlyInAnyOrder("restored.db", ".restored.db-litestream");
        }
    }
}
