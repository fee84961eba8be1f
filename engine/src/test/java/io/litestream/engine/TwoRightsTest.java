package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// Replication with credentials that may put and get objects, and nothing else.
final class TwoRightsTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(900) FROM generate_series(1, 20)";

    @TempDir Path directory;

    @Test
    void replicatesGoesOnAndRestores() throws Exception {
        try (EngineFixture fixture = fixture(Set.of(Right.READ));
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            begin(fixture, app);
            for (int i = 0; i < 12; i++) {
                app.tell(FILL);
                fixture.sync();
            }
            Txid head = fixture.sync();
            fixture.stopAbruptly();
            fixture.assertRestorable();

            app.tell(FILL);
            fixture.start();
            assertThat(fixture.sync()).isEqualTo(head.next());
            fixture.stop();

            fixture.assertRestorable();
            assertNothingFailed(fixture);
        }
    }

    @Test
    void goesOnWithoutTheLocalState() throws Exception {
        try (EngineFixture fixture = fixture(Set.of(Right.READ));
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            begin(fixture, app);
            for (int i = 0; i < 20; i++) {
                app.tell(FILL);
                fixture.sync();
            }
            Txid head = fixture.sync();
            fixture.stopAbruptly();
            deleteState(fixture);

            app.tell(FILL);
            fixture.start();
            assertThat(fixture.sync()).isEqualTo(head.next());
            fixture.stop();

            assertThat(fixture.all(EngineEvent.HistoryAdopted.class)).hasSize(1);
            fixture.assertRestorable();
            assertNothingFailed(fixture);
            assertThat(fixture.replica().inventory().files().toString())
                    .isEqualTo(everything(fixture).inventory().files().toString());
        }
    }

    @Test
    void storesOneCatalogForTheBaseAndNoneForSlots() throws Exception {
        try (EngineFixture fixture = fixture(Set.of(Right.READ, Right.LIST));
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            begin(fixture, app);
            var later = fixture.store.inject(Operation.REPLACE, _ -> true, Fault.failBefore());
            for (int i = 0; i < 5; i++) {
                app.tell(FILL);
                fixture.sync();
            }

            assertThat(later.hits()).isZero();
            assertThat(fixture.directory.resolve("replica/_ctl/catalog")).isNotEmptyFile();
        }
    }

    @Test
    void replicatesWhereTheCatalogIsRefused() throws Exception {
        try (EngineFixture fixture = fixture(Set.of(Right.READ, Right.LIST));
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            fixture.store.inject(
                    Operation.REPLACE,
                    _ -> true,
                    Fault.failBefore(() -> new StorageException.Denied("no overwriting", null)));
            begin(fixture, app);
            app.tell(FILL);
            fixture.stop();

            assertThat(fixture.all(EngineEvent.RightMissing.class))
                    .singleElement()
                    .extracting(EngineEvent.RightMissing::reason)
                    .asString()
                    .contains("catalog", "no overwriting");
            fixture.assertRestorable();
        }
    }

    @Test
    void beginsNothingWhereItMayNotRead() throws Exception {
        try (EngineFixture fixture = fixture(Set.of());
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.ask("PRAGMA journal_mode=wal");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
            fixture.start();

            fixture.await(
                    "a failure",
                    () -> fixture.event(EngineEvent.DestinationRefused.class).isPresent());

            assertThat(fixture.event(EngineEvent.DestinationRefused.class).orElseThrow().reason())
                    .contains("may be stored, but not read");
            assertThat(everything(fixture).inventory().isEmpty()).isTrue();
        }
    }

    private EngineFixture fixture(Set<Right> rights) {
        return new EngineFixture(
                directory,
                EngineSettings.DEFAULT,
                store -> new RestrictedObjectStore(store, rights));
    }

    /// Starts, and waits until there is a catalog.
    private static void begin(EngineFixture fixture, Sqlite3 app) throws Exception {
        app.ask("PRAGMA journal_mode=wal");
        app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
        fixture.start();
        fixture.sync();
        fixture.await("a base", () -> fixture.event(EngineEvent.ImageStored.class).isPresent());
        app.tell(FILL);
        fixture.sync();
        assertThat(everything(fixture).inventory().files(Level.SNAPSHOT)).hasSize(1);
    }

    /// Returns the replica as its owner sees it.
    private static Replica everything(EngineFixture fixture) {
        ObjectStore whole = fixture.store;
        return new Replica("all", whole, KeyLayout.PLAIN);
    }

    private static void deleteState(EngineFixture fixture) throws Exception {
        Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
        assertThat(Files.exists(fixture.stateDirectory())).isFalse();
    }

    private static void assertNothingFailed(EngineFixture fixture) {
        assertThat(fixture.all(EngineEvent.DestinationFailed.class)).isEmpty();
        assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
        assertThat(fixture.all(EngineEvent.RightMissing.class)).isEmpty();
    }
}
