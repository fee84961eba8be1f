package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Line.Tags;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class RestoreTest {

    @TempDir Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("test", store, KeyLayout.PLAIN);

    @Test
    void provesWhatCarriesAChecksum() throws Exception {
        Line line = lineOf(6);
        line.add(replica, 9, 1, 3, Tags.ALL);
        line.add(replica, 0, 4, 4, Tags.ALL);
        line.add(replica, 1, 4, 5, Tags.NONE);
        line.add(replica, 0, 6, 6, Tags.ALL);

        RestoreResult result = restore(new RestoreTarget.Latest());

        assertThat(output()).hasBinaryContent(line.database(new Txid(6)));
        assertThat(result.proof()).isEqualTo(new Proof.Proven());
        assertThat(result.checksum()).isEqualTo(line.checksum(new Txid(6)));
        assertThat(result.time()).isEqualTo(Line.time(new Txid(6)));
    }

    @Test
    void saysWhatIsNotProven() throws Exception {
        Line line = lineOf(5);
        line.add(replica, 9, 1, 3, Tags.ALL);
        line.add(replica, 1, 4, 5, Tags.NONE);

        RestoreResult result = restore(new RestoreTarget.Latest());

        assertThat(result.proof())
                .isEqualTo(
                        new Proof.Unproven(
                                "ltx/1/0000000000000004-0000000000000005.ltx carries no checksum"
                                        + " of the database"));
    }

    @Test
    void refusesFilesOfTwoHistories() throws Exception {
        Line line = lineOf(4);
        line.add(replica, 9, 1, 2, Tags.ALL);
        Line other = new Line(99, 5);
        other.commitSomething();
        other.commitSomething();
        other.add(replica, 0, 3, 3, Tags.ALL);

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Damaged.class)
                .hasMessageContaining("ltx/0/0000000000000003-0000000000000003.ltx");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesFilesWhoseChecksumsDoNotJoin() throws Exception {
        Line line = lineOf(5);
        line.add(replica, 9, 1, 2, Tags.ALL);
        Line other = new Line(99, 20);
        other.commitSomething();
        other.commitSomething();
        other.add(replica, 0, 3, 3, Tags.ALL);
        line.add(replica, 0, 4, 4, Tags.NONE);

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Damaged.class)
                .hasMessageContaining("ltx/9/0000000000000001-0000000000000002.ltx")
                .hasMessageContaining("ltx/0/0000000000000003-0000000000000003.ltx");
    }

    @Test
    void passesOverDamageWhereOtherFilesHoldTheSame() throws Exception {
        Line line = lineOf(5);
        line.add(replica, 9, 1, 2, Tags.ALL);
        line.add(replica, 0, 3, 3, Tags.ALL);
        line.add(replica, 0, 4, 4, Tags.ALL);
        line.add(replica, 0, 5, 5, Tags.ALL);
        ReplicaFile merged = line.add(replica, 2, 3, 4, Tags.ALL);
        flipByte(merged, merged.size() - 3);

        RestoreResult result = restore(new RestoreTarget.Latest());

        assertThat(output()).hasBinaryContent(line.database(new Txid(5)));
        assertThat(result.passedOver())
                .containsExactly("ltx/2/0000000000000003-0000000000000004.ltx");
    }

    @Test
    void neverGoesBackFurtherThanAskedBecauseOfDamage() throws Exception {
        Line line = lineOf(4);
        line.add(replica, 9, 1, 2, Tags.ALL);
        line.add(replica, 0, 3, 3, Tags.ALL);
        ReplicaFile last = line.add(replica, 0, 4, 4, Tags.ALL);
        flipByte(last, last.size() - 3);
        String name = "ltx/0/0000000000000004-0000000000000004.ltx";

        for (RestoreTarget target :
                List.of(
                        new RestoreTarget.Latest(),
                        new RestoreTarget.AtTxid(new Txid(4)),
                        new RestoreTarget.AtTime(Line.time(new Txid(4))))) {
            assertThatThrownBy(() -> restore(target))
                    .isInstanceOf(RestoreException.Damaged.class)
                    .hasMessageContaining(name);
        }
        restore(new RestoreTarget.AtTime(Line.time(new Txid(3))));
        assertThat(output()).hasBinaryContent(line.database(new Txid(3)));
    }

    @Test
    void takesTheNewestPointThatIsNotAfterATime() throws Exception {
        Line line = lineOf(9);
        line.add(replica, 9, 1, 2, Tags.ALL);
        line.add(replica, 0, 3, 3, Tags.ALL);
        line.add(replica, 1, 4, 7, Tags.ALL);
        line.add(replica, 0, 8, 8, Tags.ALL);

        assertThat(txidAt(Line.time(new Txid(3)))).isEqualTo(new Txid(3));
        assertThat(txidAt(Line.time(new Txid(7)).minusMillis(1))).isEqualTo(new Txid(3));
        assertThat(txidAt(Line.time(new Txid(7)))).isEqualTo(new Txid(7));
        assertThat(txidAt(Line.time(new Txid(8)).plusSeconds(9))).isEqualTo(new Txid(8));
        assertThatThrownBy(() -> txidAt(Line.time(new Txid(2)).minusMillis(1)))
                .isInstanceOf(RestoreException.NotAPoint.class)
                .hasMessageContaining("2026-01-01T00:00:01.999Z")
                .hasMessageContaining("2026-01-01T00:00:02Z");
    }

    @Test
    void goesBackToAPointThatCanStillBeHad() throws Exception {
        Line line = lineOf(9);
        line.add(replica, 9, 1, 2, Tags.ALL);
        line.add(replica, 0, 5, 5, Tags.ALL);
        line.add(replica, 9, 1, 8, Tags.ALL);

        assertThat(txidAt(Line.time(new Txid(6)))).isEqualTo(new Txid(2));
    }

    @Test
    void refusesATimeAfterAGap() throws Exception {
        Line line = lineOf(6);
        line.add(replica, 9, 1, 2, Tags.ALL);
        line.add(replica, 0, 4, 4, Tags.ALL);
        line.add(replica, 0, 5, 5, Tags.ALL);

        assertThatThrownBy(() -> txidAt(Line.time(new Txid(5))))
                .isInstanceOf(RestoreException.Missing.class)
                .hasMessageContaining("0000000000000003 to 0000000000000003");
        assertThat(txidAt(Line.time(new Txid(3)))).isEqualTo(new Txid(2));
    }

    @Test
    void restoresAnyPointOfAnyLine() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            MemoryObjectStore files = new MemoryObjectStore();
            Replica any = new Replica("round " + round, files, KeyLayout.HEX);
            Line line = new Line(random.nextLong(), 1 + random.nextInt(30));
            for (int i = 0; i < 20; i++) {
                line.commitSomething();
            }
            addRandomFiles(line, any, random);

            for (Txid point : RestorePlanner.points(any.inventory())) {
                Path output = directory.resolve("any.db");
                RestoreResult result =
                        new Restore(any, Clock.system())
                                .run(
                                        RestoreRequest.of(new RestoreTarget.AtTxid(point), output)
                                                .withCheck(IntegrityCheck.NONE)
                                                .withParallelism(1 + random.nextInt(9)));

                assertThat(output)
                        .as("seed %d, round %d, txid %s", seed, round, point)
                        .hasBinaryContent(line.database(point));
                assertThat(result.checksum()).isEqualTo(line.checksum(point));
                Files.delete(output);
            }
        }
    }

    private static void addRandomFiles(Line line, Replica replica, Random random)
            throws IOException {
        List<String> added = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            int level = random.nextInt(5) == 0 ? 9 : random.nextInt(4);
            long first = level == 9 ? 1 : 1 + random.nextInt(20);
            long last = level == 0 ? first : Math.min(21, first + random.nextInt(6));
            Tags tags = random.nextInt(3) == 0 ? Tags.NONE : Tags.ALL;
            String name = level + ":" + first + "-" + last;
            if (!added.contains(name)) {
                line.add(replica, level, first, last, tags);
                added.add(name);
            }
        }
    }

    @Test
    void findsThePagesThatFilesBetweenTwoTransactionsTouch() throws Exception {
        Line line = lineOf(12);
        line.add(replica, 9, 1, 4, Tags.ALL);
        line.add(replica, 1, 3, 8, Tags.ALL);
        for (long txid = 9; txid <= 12; txid++) {
            line.add(replica, 0, txid, txid, Tags.ALL);
        }

        TouchedPages touched =
                TouchedPages.between(replica, replica.inventory(), new Txid(5), new Txid(12))
                        .orElseThrow();

        byte[] before = line.database(new Txid(5));
        byte[] after = line.database(new Txid(12));
        assertThat(touched.pageCount()).isEqualTo(after.length / Line.PAGE_SIZE);
        for (int page = 1; page <= Math.min(before.length, after.length) / Line.PAGE_SIZE; page++) {
            if (!touched.pages().contains(page)) {
                int from = (page - 1) * Line.PAGE_SIZE;
                assertThat(java.util.Arrays.copyOfRange(after, from, from + Line.PAGE_SIZE))
                        .isEqualTo(
                                java.util.Arrays.copyOfRange(before, from, from + Line.PAGE_SIZE));
            }
        }
        assertThat(touched.pages().size()).isLessThan(after.length / Line.PAGE_SIZE);
        assertThat(TouchedPages.between(replica, replica.inventory(), new Txid(1), new Txid(12)))
                .isEmpty();
    }

    private static Line lineOf(int transactions) {
        Line line = new Line(7, 20);
        while (line.head().value() < transactions) {
            line.commitSomething();
        }
        return line;
    }

    private Txid txidAt(Instant time) throws RestoreException {
        return restore(new RestoreTarget.AtTime(time)).txid().orElseThrow();
    }

    private RestoreResult restore(RestoreTarget target) throws RestoreException {
        return new Restore(replica, Clock.system())
                .run(
                        RestoreRequest.of(target, output())
                                .withCheck(IntegrityCheck.NONE)
                                .withExisting(ExistingOutput.REPLACE));
    }

    private Path output() {
        return directory.resolve("restored.db");
    }

    private void flipByte(ReplicaFile file, long offset) throws IOException {
        ObjectKey key = replica.key(file);
        byte[] bytes;
        try (InputStream in = store.open(key)) {
            bytes = in.readAllBytes();
        }
        bytes[(int) offset] ^= 1;
        store.replace(key, Instant.EPOCH, out -> out.write(bytes));
    }
}
