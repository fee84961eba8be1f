package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The local state of another database comes beside a database whose replica has no slot any more
/// that both have.
final class ForeignStateTest {

    @TempDir Path directory;

    @Test
    void trustsNoPageHashesThatTheReplicaDoesNotContinue() throws Exception {
        try (EngineFixture ours = fixture("ours", "old");
                EngineFixture theirs = fixture("theirs", "new")) {
            ours.store.inject(Operation.CREATE, _ -> true, Fault.failBefore());
            for (int i = 0; i < 5; i++) {
                ours.application("INSERT INTO a VALUES(" + i + ")");
                ours.engine().sync(Duration.ofMillis(100));
            }
            ours.store.heal();
            ours.sync();
            Txid before = ours.replica().inventory().head(new Level(1)).orElseThrow();
            while (before.isAfter(theirs.sync())) {
                theirs.application("INSERT INTO a VALUES(0)");
            }
            assertThat(theirs.sync()).isEqualTo(before);
            exchangeState(ours, theirs);
            removeSlots(ours.directory.resolve("replica/ltx/0"), 0, before.value());
            ours.application("UPDATE b SET v = 'new'");

            ours.start();
            ours.sync();

            ours.assertRestorable();
        }
    }

    @Test
    void sendsNothingThatDoesNotContinueTheReplica() throws Exception {
        try (EngineFixture ours = fixture("ours", "old");
                EngineFixture theirs = fixture("theirs", "new")) {
            Txid before = toSameHead(ours, theirs);
            theirs.store.inject(Operation.CREATE, _ -> true, Fault.failBefore());
            theirs.application("INSERT INTO a VALUES('not sent')");
            theirs.await(
                    "a file that waits",
                    () -> theirs.engine().destinations().getFirst().waitingFiles() > 0);
            exchangeState(ours, theirs);
            removeSlots(ours.stateDirectory().resolve("ltx/0"), 0, before.value());

            ours.start();

            ours.await(
                    "a stop",
                    () ->
                            ours.event(EngineEvent.DestinationStopped.class)
                                    .filter(stop -> stop.reason().contains("does not continue"))
                                    .isPresent());
            assertThat(ours.replica().inventory().head()).contains(before);
            DestinationReport report = ours.engine().destinations().getFirst();
            assertThat(report.durable()).as("what it holds is not of this line").isEmpty();
        }
    }

    private EngineFixture fixture(String name, String value) throws Exception {
        EngineFixture fixture = new EngineFixture(Files.createDirectory(directory.resolve(name)));
        fixture.application(
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE a(v)",
                "CREATE TABLE b(v)",
                "INSERT INTO b VALUES('%s')".formatted(value));
        fixture.start();
        fixture.sync();
        return fixture;
    }

    private static Txid toSameHead(EngineFixture one, EngineFixture other) throws Exception {
        Txid head = one.sync();
        Txid others = other.sync();
        while (!head.equals(others)) {
            boolean behind = others.isAfter(head);
            (behind ? one : other).application("INSERT INTO a VALUES(0)");
            head = one.sync();
            others = other.sync();
        }
        return head;
    }

    private static void exchangeState(EngineFixture ours, EngineFixture theirs) throws Exception {
        ours.stopAbruptly();
        theirs.stopAbruptly();
        Sqlite3.run("rm", "-r", ours.stateDirectory().toString());
        Sqlite3.run(
                "cp", "-a", theirs.stateDirectory().toString(), ours.stateDirectory().toString());
        ours.events.clear();
    }

    private static void removeSlots(Path slots, long first, long last) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(slots, "*.ltx")) {
            for (Path file : files) {
                long txid = Long.parseLong(file.getFileName().toString().substring(0, 16), 16);
                if (txid >= first && txid <= last) {
                    Files.delete(file);
                }
            }
        }
    }
}
