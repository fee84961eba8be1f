package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.LegacyHistory.Moment;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One place that first Litestream 0.3 wrote to, then 0.5, then 0.3 again, and perhaps 0.5 again.
final class FormatChoiceTest {

    @TempDir Path application;
    @TempDir Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("both", store, KeyLayout.PLAIN);
    private final List<Moment> moments = new ArrayList<>();

    @Test
    void restoresEachTimeFromTheVersionThatRanThen() throws Exception {
        write(Duration.ofSeconds(1));

        assertThatEachComesBack();
    }

    /// The first snapshot of 0.5 may come long after its first file.
    @Test
    void restoresATimeBeforeTheFirstSnapshot() throws Exception {
        write(Duration.ofSeconds(15));

        assertThatEachComesBack();
    }

    @Test
    void restoresTheNewestStateFromTheVersionThatRanLast() throws Exception {
        try (LegacyHistory history = history()) {
            history.insert(2, 3000);
            history.sync();
            assertThat(dump(new RestoreTarget.Latest())).isEqualTo(last(history));

            history.insert(2, 3000);
            history.upgrade(replica, 1, Duration.ofSeconds(1));
            assertThat(dump(new RestoreTarget.Latest())).isEqualTo(last(history));

            history.insert(2, 3000);
            history.begin();
            assertThat(dump(new RestoreTarget.Latest())).isEqualTo(last(history));

            history.insert(2, 3000);
            history.upgrade(replica, 2, Duration.ofSeconds(1));
            assertThat(dump(new RestoreTarget.Latest())).isEqualTo(last(history));
        }
    }

    @Test
    void restoresWhatIsAskedForByName() throws Exception {
        write(Duration.ofSeconds(1));
        Moment old = moments.getFirst();

        assertThat(dump(new RestoreTarget.AtTxid(new Txid(2)))).isEqualTo(moments.get(4).dump());
        assertThat(dump(new RestoreTarget.InGeneration(old.generation(), new WalPoint.End())))
                .isEqualTo(moments.get(2).dump());
    }

    @Test
    void doesNotTakeAnOlderStateOfTheOtherVersionForOneThatHasExpired() throws Exception {
        write(Duration.ofSeconds(1));
        Moment expired = moments.get(3);
        store.delete(new ObjectKey("ltx/9/0000000000000001-0000000000000001.ltx"));
        store.delete(new ObjectKey("ltx/0/0000000000000001-0000000000000001.ltx"));

        assertThatThrownBy(() -> dump(new RestoreTarget.AtTime(moments.get(4).time())))
                .isInstanceOf(RestoreException.class);
        assertThat(dump(new RestoreTarget.AtTime(expired.time())))
                .as("nothing tells of the expired files any more")
                .isEqualTo(moments.get(2).dump());
    }

    @Test
    void refusesATimeBeforeBoth() throws Exception {
        write(Duration.ofSeconds(1));
        Instant before = moments.getFirst().time().minusSeconds(1);

        assertThatThrownBy(() -> dump(new RestoreTarget.AtTime(before)))
                .isInstanceOf(RestoreException.NotAPoint.class)
                .hasMessageContaining("nothing as old as " + before);
    }

    @Test
    void doesWithoutOldFilesWhereListingIsDenied() throws Exception {
        try (LegacyHistory history = history()) {
            Moment moment = history.upgrade(replica, 1, Duration.ZERO);
            replica.storeCatalog(replica.inventory(), moment.time());
            FaultyObjectStore unlisted = new FaultyObjectStore(store);
            unlisted.inject(
                    Operation.LIST,
                    _ -> true,
                    Fault.failBefore(() -> new StorageException.Denied("no listing", null)),
                    Integer.MAX_VALUE);
            Replica denied = new Replica("denied", unlisted, KeyLayout.PLAIN);

            assertThat(dump(denied, new RestoreTarget.Latest())).isEqualTo(moment.dump());
            assertThatThrownBy(() ->
                            dump(
                                    denied,
                                    new RestoreTarget.InGeneration(
                                            moment.generation(), new WalPoint.End())))
                    .isInstanceOf(RestoreException.Unreachable.class)
                    .hasMessageContaining("no listing");
        }
    }

    @Test
    void saysThatThereIsNoOldBackup() throws Exception {
        try (LegacyHistory history = history()) {
            Moment moment = history.upgrade(replica, 1, Duration.ZERO);
            store.list(ObjectKey.of("generations"), "", 100)
                    .forEach(object -> store.delete(object.key()));

            assertThatThrownBy(() ->
                            dump(
                                    new RestoreTarget.InGeneration(
                                            moment.generation(), new WalPoint.End())))
                    .isInstanceOf(RestoreException.NotAPoint.class)
                    .hasMessageContaining("it has no backup of 0.3");
        }
    }

    private void write(Duration untilSnapshot) throws Exception {
        try (LegacyHistory history = history()) {
            history.insert(3, 2000);
            history.sync();
            history.insert(1, 2000);
            history.sync();
            history.write("UPDATE t SET v = 'first of 0.5';");
            history.upgrade(replica, 1, untilSnapshot);
            history.insert(1, 2000);
            history.upgrade(replica, 2, untilSnapshot);
            history.write("DELETE FROM t WHERE id = 2;");
            history.begin();
            history.insert(1, 2000);
            history.sync();
            moments.addAll(history.moments);
        }
    }

    private LegacyHistory history() throws Exception {
        return new LegacyHistory(store, application, 4096);
    }

    private void assertThatEachComesBack() throws Exception {
        for (Moment moment : moments) {
            Instant later = moment.time().plus(LegacyHistory.STEP).minusNanos(1);
            assertThat(dump(new RestoreTarget.AtTime(moment.time()))).isEqualTo(moment.dump());
            assertThat(dump(new RestoreTarget.AtTime(later))).isEqualTo(moment.dump());
        }
        assertThat(dump(new RestoreTarget.Latest())).isEqualTo(moments.getLast().dump());
    }

    private static String last(LegacyHistory history) {
        return history.moments.getLast().dump();
    }

    private String dump(RestoreTarget target) throws Exception {
        return dump(replica, target);
    }

    private String dump(Replica from, RestoreTarget target) throws Exception {
        Path output = directory.resolve("restored.db");
        new Restore(from, Clock.system())
                .run(RestoreRequest.of(target, output).withExisting(ExistingOutput.REPLACE));
        return SqliteProgram.run(output, ".dump");
    }
}
