package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Lz4InputStream;
import io.litestream.replica.LegacyHistory.Moment;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.LegacyReplicator;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// One generation: a snapshot and two parts of WAL 0; a snapshot and three parts of WAL 1.
final class LegacyDamageTest {

    private static final int PAGE_SIZE = 1024;
    private static final int FRAME = 24 + PAGE_SIZE;
    private static final String WAL = "generations/0edcba9876543210/wal/";
    private static final String SNAPSHOTS = "generations/0edcba9876543210/snapshots/";

    @TempDir Path application;
    @TempDir Path directory;

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);
    private final Replica replica = new Replica("old", store, KeyLayout.PLAIN);

    private List<Moment> moments = List.of();

    /// The parts of WAL 1, in order.
    private List<ObjectInfo> parts = List.of();

    @BeforeEach
    void replicate() throws IOException {
        try (LegacyHistory history = new LegacyHistory(memory, application, PAGE_SIZE)) {
            history.insert(3, 700);
            history.sync();
            history.checkpoint("TRUNCATE");
            history.insert(1, 5000);
            history.sync();
            history.snapshot();
            history.write("UPDATE t SET v = randomblob(800);");
            history.sync();
            history.insert(2, 3000);
            history.sync();
            moments = history.moments;
        }
        parts =
                memory.list(ObjectKey.of("generations"), "", 100).stream()
                        .filter(object -> object.key().value().startsWith(WAL + "00000001"))
                        .toList();
        assertThat(parts).hasSize(3);
    }

    @AfterEach
    void everyStreamIsClosed() {
        assertThat(memory.openStreams()).isZero();
    }

    @Test
    void namesADamagedPartOfAWal() throws Exception {
        change(parts.get(1), LegacyDamageTest::flipped);

        assertDamaged(parts.get(1), () -> restore(new RestoreTarget.Latest()));
        assertThat(dump(at(moments.get(2)))).isEqualTo(moments.get(2).dump());
    }

    @Test
    void namesAPartThatIsCutOff() throws Exception {
        for (int length : new int[] {0, 3, 6, 11, 900, (int) parts.get(2).size() - 1}) {
            byte[] whole = bytes(parts.get(2).key());
            change(parts.get(2), bytes -> Arrays.copyOf(bytes, length));

            assertDamaged(parts.get(2), () -> restore(new RestoreTarget.Latest()));
            change(parts.get(2), _ -> whole);
        }
        assertThat(dump(new RestoreTarget.Latest())).isEqualTo(moments.getLast().dump());
    }

    @Test
    void saysWhereAFrameIsWrong() throws Exception {
        rewrite(
                parts.get(1),
                wal -> {
                    wal[FRAME + 500] ^= 1;
                    return wal;
                });

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Damaged.class)
                .hasMessageContaining(
                        parts.get(1).key()
                                + " is damaged at offset "
                                + FRAME
                                + ": expected checksum")
                .hasMessageContaining("in frame ")
                .hasMessageContaining(", found ");
        assertNothingIsLeft();
    }

    @Test
    void saysThatAWalIsOfAnotherDatabase() throws Exception {
        rewrite(parts.getFirst(), wal -> Arrays.copyOfRange(wal, 32, wal.length));

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("00000001_");
        rewrite(parts.getFirst(), wal -> new byte[32 + wal.length]);
        assertDamaged(parts.getFirst(), () -> restore(new RestoreTarget.Latest()));
    }

    @Test
    void saysWhichPartIsMissing() throws Exception {
        store.delete(parts.get(1).key());

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Missing.class)
                .hasMessageContaining("missing WAL segment: expected 00000001/")
                .hasMessageContaining(parts.get(2).key().value());
        assertNothingIsLeft();
        store.delete(parts.getFirst().key());
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Missing.class)
                .hasMessageContaining(
                        "missing WAL index: expected 00000001/00000000, got 00000001/");
    }

    @Test
    void saysWhichWalIsMissing() throws Exception {
        store.delete(new ObjectKey(SNAPSHOTS + "00000001.snapshot.lz4"));
        for (ObjectInfo object : memory.list(ObjectKey.of("generations"), "", 100)) {
            if (object.key().value().startsWith(WAL + "00000000")) {
                store.delete(object.key());
            }
        }

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Missing.class)
                .hasMessageContaining(
                        "missing WAL index: expected 00000000/00000000, got 00000001/00000000");
        store.delete(new ObjectKey(SNAPSHOTS + "00000000.snapshot.lz4"));
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Missing.class)
                .hasMessageContaining("there is no snapshot to begin with");
    }

    @Test
    void anEarlierSnapshotStandsInForADamagedOne() throws Exception {
        ObjectInfo newest = find(SNAPSHOTS + "00000001.snapshot.lz4");
        change(newest, LegacyDamageTest::flipped);

        RestoreResult result = restore(new RestoreTarget.Latest());

        assertThat(dump()).isEqualTo(moments.getLast().dump());
        assertThat(result.passedOver()).containsExactly(newest.key().value());
    }

    @Test
    void namesAllSnapshotsIfNoneIsSound() throws Exception {
        ObjectInfo newest = find(SNAPSHOTS + "00000001.snapshot.lz4");
        ObjectInfo first = find(SNAPSHOTS + "00000000.snapshot.lz4");
        change(newest, LegacyDamageTest::flipped);
        change(first, bytes -> Arrays.copyOf(bytes, 500));

        assertDamaged(newest, () -> restore(new RestoreTarget.Latest()));
        assertDamaged(first, () -> restore(new RestoreTarget.Latest()));
    }

    @Test
    void refusesASnapshotThatIsNoDatabase() throws Exception {
        ObjectInfo first = find(SNAPSHOTS + "00000000.snapshot.lz4");
        store.delete(new ObjectKey(SNAPSHOTS + "00000001.snapshot.lz4"));

        rewrite(first, database -> Arrays.copyOf(database, database.length - 100));
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .hasMessageContaining("expected whole pages of 1024 bytes");
        rewrite(first, database -> Arrays.copyOf(database, 50));
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .hasMessageContaining("expected a SQLite database");
        assertNothingIsLeft();
    }

    @Test
    void saysThatAFileIsEncrypted() throws Exception {
        byte[] encrypted = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);
        change(parts.getLast(), _ -> encrypted);

        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Damaged.class)
                .hasMessageContaining("encrypted with age, which only Litestream 0.3 reads");
    }

    /// SQLite would not count it either.
    @Test
    void leavesOutATransactionWhoseEndIsMissing() throws Exception {
        rewrite(parts.getLast(), wal -> Arrays.copyOf(wal, wal.length - FRAME));

        restore(new RestoreTarget.Latest());

        assertThat(SqliteProgram.run(output(), "SELECT count(*) FROM t;")).isEqualTo("5");
    }

    @Test
    void saysThatTheTimesAreNotThoseOfTheWal() throws Exception {
        ObjectInfo late = parts.get(1);
        byte[] content = bytes(late.key());
        store.replace(
                late.key(), moments.getLast().time().plusSeconds(3), out -> out.write(content));

        assertThatThrownBy(() -> restore(at(moments.getLast())))
                .isInstanceOf(RestoreException.NotAPoint.class)
                .hasMessageContaining(
                        "the times of the files are not those at which they were stored")
                .hasMessageContaining(late.key().value())
                .hasMessageContaining("Give -generation and -index");
        assertThat(
                        dump(
                                new RestoreTarget.InGeneration(
                                        moments.getLast().generation(),
                                        new WalPoint.OfIndex(moments.getLast().index()))))
                .isEqualTo(moments.getLast().dump());
    }

    @Test
    void readsAgainWhatAStoreDidNotAnswer() throws Exception {
        store.inject(Operation.LIST, _ -> true, Fault.failBefore(), 3);
        store.inject(Operation.OPEN, _ -> true, Fault.failBefore(), 2);
        store.inject(Operation.OPEN, _ -> true, Fault.breakReads(100), 2);
        store.inject(Operation.OPEN, _ -> true, Fault.truncateReads(50), 1);

        assertThat(dump(new RestoreTarget.Latest())).isEqualTo(moments.getLast().dump());
    }

    /// The retention of 0.3 may still be running.
    @Test
    void listsAgainWhenAFileVanishes() throws Exception {
        ObjectKey vanishing = new ObjectKey(SNAPSHOTS + "00000001.snapshot.lz4");
        store.inject(
                Operation.OPEN,
                vanishing::equals,
                Fault.failBefore(() -> {
                    memory.delete(vanishing);
                    return new StorageException.NotFound(vanishing);
                }),
                1);

        assertThat(dump(new RestoreTarget.Latest())).isEqualTo(moments.getLast().dump());
        store.inject(
                Operation.OPEN,
                _ -> true,
                Fault.failBefore(() -> new StorageException.NotFound(vanishing)),
                Integer.MAX_VALUE);
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.Unreachable.class);
    }

    private void assertDamaged(ObjectInfo file, ThrowingCallable restore) throws IOException {
        assertThatThrownBy(restore)
                .isInstanceOfSatisfying(
                        RestoreException.Damaged.class,
                        damaged -> assertThat(damaged.files()).contains(file.key().value()))
                .hasMessageContaining(file.key().value())
                .hasMessageContaining("is damaged at offset ")
                .hasMessageContaining("expected ")
                .hasMessageContaining("found ");
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        assertThat(directory).isEmptyDirectory();
    }

    private ObjectInfo find(String key) {
        return memory.find(new ObjectKey(key)).orElseThrow();
    }

    private static byte[] flipped(byte[] bytes) {
        bytes[bytes.length / 2] ^= 1;
        return bytes;
    }

    /// Changes an object as it is stored.
    private void change(ObjectInfo object, UnaryOperator<byte[]> change) throws IOException {
        byte[] changed = change.apply(bytes(object.key()));
        memory.replace(object.key(), object.created(), out -> out.write(changed));
    }

    /// Changes what an object holds, so that its own checksums are right.
    private void rewrite(ObjectInfo object, UnaryOperator<byte[]> change) throws IOException {
        byte[] content;
        try (InputStream in = new Lz4InputStream(memory.open(object.key()), "test")) {
            content = in.readAllBytes();
        } catch (CorruptFileException e) {
            throw new AssertionError(e);
        }
        change(object, _ -> LegacyReplicator.frame(change.apply(content)));
    }

    private byte[] bytes(ObjectKey key) throws IOException {
        try (InputStream in = memory.open(key)) {
            return in.readAllBytes();
        }
    }

    private static RestoreTarget at(Moment moment) {
        return new RestoreTarget.AtTime(moment.time().plus(Duration.ofSeconds(1)));
    }

    private String dump(RestoreTarget target) throws Exception {
        restore(target);
        return dump();
    }

    private String dump() throws Exception {
        return SqliteProgram.run(output(), ".dump");
    }

    private RestoreResult restore(RestoreTarget target) throws RestoreException {
        return new Restore(replica, new SkippingClock())
                .run(RestoreRequest.of(target, output()).withExisting(ExistingOutput.REPLACE));
    }

    private Path output() {
        return directory.resolve("restored.db");
    }
}
