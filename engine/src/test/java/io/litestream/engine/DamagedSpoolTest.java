package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

/// What a disk has damaged before it was sent is not sent.
final class DamagedSpoolTest {

    private static final String FILL = "INSERT INTO t(v) VALUES(randomblob(9000))";

    private static final int PRE_APPLY = 44; // a byte of the checksum before it
    private static final int POST_APPLY_BEFORE_END = 12; // and of the one after it

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5})
    void isNotSent(long txid) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            replicate(fixture, app);
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.failBefore());
            while (fixture.engine().destinations().getFirst().waitingFiles() < 4) {
                EngineFixture.execute(app, FILL);
                fixture.engine().sync(Duration.ofMillis(300));
            }
            fixture.stopAbruptly();
            Path file =
                    fixture.stateDirectory().resolve("ltx/0/%1$016x-%1$016x.ltx".formatted(txid));
            damage(file, Files.size(file) / 2);

            fixture.store.heal();
            fixture.start();
            fixture.sync();
            fixture.assertRestorable();
            EngineFixture.execute(app, FILL);
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PRE_APPLY, POST_APPLY_BEFORE_END, 1})
    void doesNotMakeADestinationThatOfSomebodyElse(int fromStartOrEnd) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            replicate(fixture, app);
            EngineFixture.execute(app, FILL);
            Txid head = fixture.sync();
            fixture.stopAbruptly();
            Path newest = fixture.stateDirectory().resolve("ltx/0/%1$s-%1$s.ltx".formatted(head));
            long size = Files.size(newest);
            damage(newest, fromStartOrEnd == PRE_APPLY ? PRE_APPLY : size - fromStartOrEnd);

            fixture.start();
            EngineFixture.execute(app, FILL);
            fixture.sync();

            fixture.assertRestorable();
        }
    }

    private static void replicate(EngineFixture fixture, Connection app) throws Exception {
        EngineFixture.execute(
                app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        fixture.start();
        fixture.sync();
    }

    private static void damage(Path file, long offset) throws Exception {
        byte[] content = Files.readAllBytes(file);
        content[(int) offset] ^= 1;
        Files.write(file, content);
    }
}
