package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.LegacyReplicator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/// Makes replicas of Litestream 0.3 for tests.
final class LegacyFixture {

    static final Instant FIRST = Instant.parse("2022-03-04T10:00:00Z");
    static final Instant SECOND = Instant.parse("2022-03-04T10:01:00Z");
    static final Instant THIRD = Instant.parse("2022-03-04T10:02:00Z");
    static final String GENERATION = "00000000000000aa";

    private LegacyFixture() {}

    /// Writes one generation, of which the rows of `t(x)` are 1, then 2, in one WAL, and then 3 in
    /// the next.
    static void replica(Path root, Path scratch) throws Exception {
        Files.createDirectories(scratch);
        Path database = scratch.resolve("app.db");
        String script =
                """
                pragma journal_mode=wal;
                pragma wal_autocheckpoint=0;
                create table t(x);
                insert into t values(1);
                .system mkdir 1 2 3; cp app.db app.db-wal 1
                insert into t values(2);
                .system cp app.db app.db-wal 2
                pragma wal_checkpoint(truncate);
                insert into t values(3);
                .system cp app.db app.db-wal 3
                """;
        Process application =
                new ProcessBuilder("sqlite3", "-batch", "app.db")
                        .directory(scratch.toFile())
                        .redirectErrorStream(true)
                        .start();
        application.outputWriter(UTF_8).append(script).close();
        String said = new String(application.getInputStream().readAllBytes(), UTF_8);
        assertThat(application.waitFor()).as(said).isZero();

        LegacyReplicator replicator = new LegacyReplicator(new FileObjectStore(root), database);
        copy(scratch.resolve("1"), scratch);
        replicator.begin(GENERATION, FIRST);
        copy(scratch.resolve("2"), scratch);
        replicator.sync(SECOND);
        copy(scratch.resolve("3"), scratch);
        replicator.sync(THIRD);
        replicator.snapshot(THIRD);
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String name : List.of("app.db", "app.db-wal")) {
            Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
