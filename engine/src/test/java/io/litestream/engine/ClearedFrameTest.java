package io.litestream.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Committed frames without salts and checksum, as SQLite 3.40 leaves them in the WAL when a
/// transaction that has spilled goes back to a savepoint.
final class ClearedFrameTest {

    @TempDir Path directory;

    @Test
    void replicatesThem() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.ask("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            commitAndClear(fixture, app, 5);
            fixture.start();
            fixture.sync();
            fixture.assertRestorable();

            app.tell("INSERT INTO t(v) VALUES('behind a cleared frame')");
            fixture.sync();
            fixture.assertRestorable();

            fixture.stopAbruptly();
            commitAndClear(fixture, app, 1);
            fixture.start();
            app.tell("INSERT INTO t(v) VALUES('after a start')");
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    /// Makes one commit of several frames, and clears some at its end.
    private static void commitAndClear(EngineFixture fixture, Sqlite3 app, int frames)
            throws Exception {
        app.tell("INSERT INTO t(v) VALUES(randomblob(40000))");
        int valid = fixture.validFrames();
        try (FileChannel wal = FileChannel.open(fixture.wal(), StandardOpenOption.WRITE)) {
            for (int frame = valid - frames; frame < valid; frame++) {
                wal.write(ByteBuffer.allocate(16), 32 + frame * 4120L + 8);
            }
        }
    }
}
