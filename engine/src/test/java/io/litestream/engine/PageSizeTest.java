package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.replica.LiveState;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.Verdict;
import io.litestream.replica.Verification;
import io.litestream.replica.VerificationEffort;
import io.litestream.replica.VerificationScope;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;

/// A database with pages of another size takes the place of the one that is replicated.
final class PageSizeTest {

    private static final Predicate<ObjectKey> BASE = key -> key.value().startsWith("ltx/9/");

    @TempDir Path directory;

    @Test
    void beginsWithANewBaseInTheSameLine() throws Exception {
        try (EngineFixture fixture = replicated()) {
            Txid before = fixture.sync();
            replace(fixture);
            fixture.await(
                    "the new size", () -> fixture.event(EngineEvent.FileChanged.class).isPresent());
            Txid after = fixture.sync();
            fixture.await("a new base", () -> bases(fixture) == 2);

            assertThat(after).isGreaterThan(before);
            fixture.assertRestorable();
            Path old = directory.resolve("old.db");
            fixture.restore(new RestoreTarget.AtTxid(before), old);
            assertThat(Sqlite3.run(old, "PRAGMA page_size", "SELECT v FROM t"))
                    .isEqualTo("4096\nold");
        }
    }

    @Test
    void noticesAtAStartThatTheNewBaseIsMissing() throws Exception {
        try (EngineFixture fixture = replicated()) {
            fixture.sync();
            fixture.store.inject(Operation.CREATE, BASE, Fault.failBefore());
            replace(fixture);
            fixture.await("the slot with the new size", () -> newestPageSize(fixture) == 8192);
            fixture.stopAbruptly();
            fixture.store.heal();

            fixture.start();
            fixture.sync();
            fixture.await("a new base", () -> bases(fixture) == 2);

            fixture.assertRestorable();
        }
    }

    @Test
    void canRestoreWhatWasCapturedBeforeTheNewBase() throws Exception {
        try (EngineFixture fixture = replicated()) {
            fixture.sync();
            fixture.store.inject(Operation.CREATE, BASE, Fault.failBefore());
            replace(fixture);
            fixture.await("the slot with the new size", () -> newestPageSize(fixture) == 8192);
            fixture.stopAbruptly();
            Txid first = fixture.replica().inventory().head(Level.CAPTURED).orElseThrow();
            fixture.store.heal();
            fixture.application("INSERT INTO t VALUES ('later')");

            fixture.start();
            fixture.sync();
            fixture.await("a new base", () -> bases(fixture) == 2);
            fixture.stop();

            fixture.assertRestorable();
            Path output = directory.resolve("first.db");
            fixture.restore(new RestoreTarget.AtTxid(first), output);
            assertThat(Sqlite3.run(output, "SELECT v FROM t")).isEqualTo("new");
            assertThat(
                            new Verification(
                                            fixture.replica(),
                                            Clock.system(),
                                            VerificationEffort.FULL)
                                    .run(
                                            VerificationScope.DEEP,
                                            new LiveState.Absent("not asked for"))
                                    .verdict())
                    .isEqualTo(new Verdict.Good());
        }
    }

    private EngineFixture replicated() throws Exception {
        EngineFixture fixture = new EngineFixture(directory);
        fixture.application(
                "PRAGMA page_size=4096",
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(v)",
                "INSERT INTO t VALUES ('old')");
        fixture.start();
        return fixture;
    }

    private void replace(EngineFixture fixture) throws Exception {
        Path other = directory.resolve("other.db");
        Sqlite3.run(
                other,
                "PRAGMA page_size=8192",
                "CREATE TABLE t(v)",
                "INSERT INTO t VALUES ('new')");
        Files.move(
                other,
                fixture.database,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static long bases(EngineFixture fixture) {
        try {
            return fixture.replica().inventory().files(Level.SNAPSHOT).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int newestPageSize(EngineFixture fixture) {
        try {
            ReplicaFile newest = fixture.replica().inventory().last(Level.CAPTURED).orElseThrow();
            return fixture.replica().header(newest).pageSize();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
