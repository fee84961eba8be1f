package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Compactor;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestoreTarget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Files with pages of one size and another take each other's place, again and again: each time the
/// line goes on behind a new base, and nothing is merged across.
final class PageSizesThereAndBackTest {

    private static final UpkeepSettings QUICK =
            new UpkeepSettings(
                    List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                    Duration.ofDays(1),
                    Optional.empty(),
                    Compactor.Verification.READ_BACK);

    @TempDir Path directory;

    private final Map<Txid, List<String>> recorded = new TreeMap<>();
    private final Map<Txid, Integer> sizes = new TreeMap<>();

    @Test
    void restoresEachTimeWhileItWasStoppedAndWhileItRan() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, create(4096, "first"));
            fixture.start(settings(fixture));
            write(fixture, 4096);
            for (int size : new int[] {8192, 4096}) {
                fixture.stop();
                replace(fixture, size);
                fixture.start(settings(fixture));
                record(fixture, size);
                write(fixture, size);
            }
            for (int size : new int[] {8192, 4096}) {
                int changes = fixture.all(EngineEvent.FileChanged.class).size();
                replace(fixture, size);
                fixture.await(
                        "the change",
                        () -> fixture.all(EngineEvent.FileChanged.class).size() > changes);
                record(fixture, size);
                write(fixture, size);
            }
            fixture.await("a base for each", () -> bases(fixture) == 5);
            Txid head = fixture.sync();
            fixture.await("all of it merged", () -> isMerged(fixture, head));
            fixture.stop();

            fixture.assertRestorable();
            assertNothingIsMergedAcross(fixture);
            for (Map.Entry<Txid, List<String>> point : recorded.entrySet()) {
                Path output = directory.resolve("at-%s.db".formatted(point.getKey()));
                fixture.restore(new RestoreTarget.AtTxid(point.getKey()), output);
                assertThat(EngineFixture.content(output)).isEqualTo(point.getValue());
                assertThat(Sqlite3.run(output, "PRAGMA page_size"))
                        .isEqualTo(sizes.get(point.getKey()).toString());
            }
        }
    }

    private void assertNothingIsMergedAcross(EngineFixture fixture) throws IOException {
        for (ReplicaFile file : fixture.replica().inventory().files()) {
            if (!file.level().equals(Level.SNAPSHOT)) {
                int size = fixture.replica().header(file).pageSize();
                assertThat(sizes)
                        .as("points in %s, which has pages of %d bytes", file, size)
                        .allSatisfy((txid, of) -> {
                            boolean in =
                                    !file.range().first().isAfter(txid)
                                            && !txid.isAfter(file.range().last());
                            assertThat(in && of != size).isFalse();
                        });
            }
        }
    }

    private DatabaseSettings settings(EngineFixture fixture) {
        return fixture.defaults().withUpkeep(QUICK);
    }

    private void write(EngineFixture fixture, int size) throws Exception {
        for (int i = 0; i < 3; i++) {
            Sqlite3.runPatiently(
                    fixture.database,
                    "INSERT INTO t(v) SELECT randomblob(900) FROM generate_series(1, 20)",
                    "DELETE FROM t WHERE id % 7 = " + i);
            record(fixture, size);
        }
    }

    private void record(EngineFixture fixture, int size) throws Exception {
        Txid txid = fixture.sync();
        recorded.put(txid, EngineFixture.content(fixture.database));
        sizes.put(txid, size);
    }

    private void replace(EngineFixture fixture, int size) throws Exception {
        Path other = directory.resolve("other.db");
        Sqlite3.run(other, create(size, "new with " + size));
        Files.move(
                other,
                fixture.database,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static String[] create(int pageSize, String mark) {
        return new String[] {
            "PRAGMA page_size=" + pageSize,
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "INSERT INTO t(v) VALUES('%s')".formatted(mark)
        };
    }

    private static long bases(EngineFixture fixture) {
        try {
            return fixture.replica().inventory().files(Level.SNAPSHOT).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isMerged(EngineFixture fixture, Txid head) {
        try {
            return fixture.replica()
                    .inventory()
                    .head(new Level(1))
                    .filter(merged -> !head.isAfter(merged))
                    .isPresent();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
