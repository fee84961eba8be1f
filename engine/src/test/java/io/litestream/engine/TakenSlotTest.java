package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A machine is lost while it uploads: the upload arrives when the next life, without local state,
/// has asked what is there.
final class TakenSlotTest {

    @TempDir Path directory;

    @Test
    void adoptsTheLastUploadOfTheLifeBefore() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Txid last = replicate(fixture);
            List<String> adopted = EngineFixture.content(fixture.database);
            fixture.stopAbruptly();
            loseState(fixture);
            arriveLate(fixture, holdBack(last));
            fixture.application("INSERT INTO t VALUES('after')");

            fixture.start();
            fixture.sync();
            fixture.application("INSERT INTO t VALUES('later')");
            fixture.sync();

            assertThat(fixture.all(EngineEvent.HistoryAdopted.class))
                    .extracting(EngineEvent.HistoryAdopted::head)
                    .contains(last);
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
            fixture.assertRestorable();
            Path output = directory.resolve("adopted.db");
            fixture.restore(new RestoreTarget.AtTxid(last), output);
            assertThat(EngineFixture.content(output)).isEqualTo(adopted);
        }
    }

    @Test
    void adoptsItBesideADestinationThatTookOurs() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Txid last = replicate(fixture);
            fixture.stopAbruptly();
            loseState(fixture);
            fixture.destination(new MemoryObjectStore());
            arriveLate(fixture, holdBack(last));

            fixture.start();
            fixture.sync();
            fixture.application("INSERT INTO t VALUES('later')");
            fixture.sync();

            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    @Test
    void stopsWhereMoreThanOneSlotWasTaken() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Txid first = replicate(fixture);
            fixture.application("INSERT INTO t VALUES('one more')");
            Txid last = fixture.sync();
            fixture.stopAbruptly();
            loseState(fixture);
            arriveLate(fixture, holdBack(first), holdBack(last));

            fixture.start();

            awaitStop(fixture);
        }
    }

    @Test
    void stopsWhereAnotherDatabaseTookIt() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (EngineFixture other = new EngineFixture(elsewhere);
                EngineFixture fixture = new EngineFixture(directory)) {
            Txid last = replicate(fixture);
            Txid theirs = replicate(other);
            while (theirs.value() < last.value()) {
                other.application("INSERT INTO t VALUES('more')");
                theirs = other.sync();
            }
            other.stopAbruptly();
            fixture.stopAbruptly();
            loseState(fixture);
            holdBack(last);
            Path slot = slot(elsewhere, last);
            arriveLate(fixture, slot);

            fixture.start();

            awaitStop(fixture);
        }
    }

    private static Txid replicate(EngineFixture fixture) throws Exception {
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        fixture.start();
        fixture.sync();
        fixture.application("INSERT INTO t VALUES(randomblob(100))");
        fixture.sync();
        fixture.application("INSERT INTO t VALUES('last')");
        return fixture.sync();
    }

    private static void loseState(EngineFixture fixture) throws Exception {
        Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
        fixture.events.clear();
    }

    private static Path slot(Path directory, Txid txid) {
        return directory.resolve("replica/ltx/0/%s-%s.ltx".formatted(txid, txid));
    }

    /// Takes a slot away, as if it had not arrived.
    private Path holdBack(Txid txid) throws IOException {
        Path slot = slot(directory, txid);
        return Files.move(slot, directory.resolve(slot.getFileName()));
    }

    /// Lets files arrive when the first slot is created.
    private void arriveLate(EngineFixture fixture, Path... held) {
        fixture.store.inject(
                Operation.CREATE,
                key -> key.toString().contains("ltx/0/"),
                Fault.failBefore(() -> {
                    try {
                        for (Path file : held) {
                            Files.copy(
                                    file,
                                    directory.resolve("replica/ltx/0").resolve(file.getFileName()));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return new StorageException.Unavailable("no answer", null);
                }),
                1);
    }

    private static void awaitStop(EngineFixture fixture) throws InterruptedException {
        fixture.await(
                "a conflict",
                () ->
                        fixture.event(EngineEvent.DestinationStopped.class)
                                .filter(stop -> stop.reason().contains("somebody else"))
                                .isPresent());
    }
}
