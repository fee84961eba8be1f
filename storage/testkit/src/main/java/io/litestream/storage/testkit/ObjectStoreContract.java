package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/// The rules of [ObjectStore], each a test. Each back end's test extends this class; what the store
/// cannot do, it takes out of [#capabilities].
public abstract class ObjectStoreContract extends ConcurrencyRules {

    /// Returns the size of what is a large object to this store: more than it keeps in memory, or
    /// sends at once.
    protected int largeBytes() {
        return 20_000_000;
    }

    @Test
    void isEmptyAtFirst() throws Exception {
        assertThat(store().find(key("db/0001"))).isEmpty();
        assertThat(store().list(key("db"), "", 10)).isEmpty();
        assertThatThrownBy(() -> store().open(key("db/0001")))
                .isInstanceOf(StorageException.NotFound.class)
                .hasMessageContaining("db/0001");
    }

    @Test
    void returnsWhatWasCreated() throws Exception {
        create("db/0001", "content");

        assertThat(read("db/0001")).isEqualTo("content");
        assertThat(store().find(key("db/0001")).map(ObjectInfo::size)).contains(7L);
        assertThat(store().find(key("db/0001")).map(ObjectInfo::key)).contains(key("db/0001"));
        assertThat(keys("db")).containsExactly("db/0001");
        assertThat(store().list(key("db"), "", 10).getFirst().size()).isEqualTo(7);
    }

    @Test
    void keepsTheTimeOfCreation() throws Exception {
        assume(Capability.KEEPS_CREATED);
        Instant old = Instant.parse("2001-02-03T04:05:06.789Z");

        store().create(key("db/0001"), old, bytes("content"));

        assertThat(store().find(key("db/0001")).map(ObjectInfo::created)).contains(kept(old));
    }

    @Test
    void listsTheTimeOfCreation() throws Exception {
        assume(Capability.LISTS_CREATED);
        Instant old = Instant.parse("2001-02-03T04:05:06.789Z");

        store().create(key("db/0001"), old, bytes("content"));

        assertThat(store().list(key("db"), "", 1).getFirst().created()).isEqualTo(kept(old));
    }

    @Test
    void keepsAnEmptyObject() throws Exception {
        create("db/0001", "");
        create("db/0001", "");

        assertThat(read("db/0001")).isEmpty();
        assertThat(store().find(key("db/0001")).map(ObjectInfo::size)).contains(0L);
        assertThat(keys("db")).containsExactly("db/0001");
        assertThatThrownBy(() -> create("db/0001", "x"))
                .isInstanceOf(StorageException.Conflict.class);
    }

    @Test
    void keepsALargeObject() throws Exception {
        PatternContent large = new PatternContent(1, largeBytes());

        store().create(key("db/0001"), CREATED, large);
        store().create(key("db/0001"), CREATED, large);

        assertThat(store().find(key("db/0001")).map(ObjectInfo::size)).contains(large.size());
        try (InputStream in = store().open(key("db/0001"))) {
            large.assertSame(in);
        }
    }

    @Test
    void refusesALargeObjectThatDiffersInItsLastByte() throws Exception {
        store().create(key("db/0001"), CREATED, new PatternContent(1, largeBytes()));

        assertThatThrownBy(() ->
                        store().create(
                                        key("db/0001"),
                                        CREATED,
                                        new PatternContent(1, largeBytes()).changed()))
                .isInstanceOf(StorageException.Conflict.class);
    }

    @Test
    void takesTheSameObjectTwice() throws Exception {
        create("db/0001", "content");
        store().create(key("db/0001"), CREATED.plusSeconds(60), bytes("content"));

        assertThat(read("db/0001")).isEqualTo("content");
        assertThat(keys("db")).containsExactly("db/0001");
    }

    @Test
    void keepsTheFirstOfTwoObjects() throws Exception {
        create("db/0001", "first");

        for (String other : List.of("other", "firs", "first!", "")) {
            assertThatThrownBy(() -> create("db/0001", other))
                    .isInstanceOf(StorageException.Conflict.class)
                    .hasMessageContaining("db/0001");
        }
        assertThat(read("db/0001")).isEqualTo("first");
        assertThat(keys("db")).containsExactly("db/0001");
    }

    @Test
    void storesNothingOfAContentThatFails() throws Exception {
        IOException failure = new IOException("half-way");

        assertThatThrownBy(() -> store().create(key("db/0001"), CREATED, failing(failure)))
                .isSameAs(failure);

        assertThat(store().find(key("db/0001"))).isEmpty();
        assertThat(keys("db")).isEmpty();
        create("db/0001", "content");
        assertThat(read("db/0001")).isEqualTo("content");
    }

    @Test
    void storesNothingOfAContentThatBreaks() throws Exception {
        IllegalStateException failure = new IllegalStateException("half-way");

        assertThatThrownBy(() ->
                        store().create(
                                        key("db/0001"),
                                        CREATED,
                                        out -> {
                                            out.write(new byte[100_000]);
                                            throw failure;
                                        }))
                .isSameAs(failure);

        assertThat(keys("db")).isEmpty();
    }

    @Test
    void replacesAnObjectAndCreatesOneByReplacing() throws Exception {
        replace("db/catalog", "first");
        assertThat(read("db/catalog")).isEqualTo("first");

        replace("db/catalog", "the second");
        assertThat(read("db/catalog")).isEqualTo("the second");
        assertThat(store().find(key("db/catalog")).map(ObjectInfo::size)).contains(10L);

        replace("db/catalog", "");
        assertThat(read("db/catalog")).isEmpty();
        assertThat(keys("db")).containsExactly("db/catalog");
    }

    @Test
    void keepsTheOldObjectIfTheContentOfTheNewOneFails() throws Exception {
        replace("db/catalog", "old");
        IOException failure = new IOException("half-way");

        assertThatThrownBy(() -> store().replace(key("db/catalog"), CREATED, failing(failure)))
                .isSameAs(failure);

        assertThat(read("db/catalog")).isEqualTo("old");
    }

    @Test
    void takesWritesOfAllSizes() throws Exception {
        byte[] expected = new byte[700_000];
        new Random(7).nextBytes(expected);

        store().create(
                        key("db/0001"),
                        CREATED,
                        out -> {
                            int at = 0;
                            for (int size = 0; at < expected.length; size = size * 3 + 1) {
                                int length = Math.min(size, expected.length - at);
                                out.write(expected, at, length);
                                at += length;
                                if (at < expected.length) {
                                    out.write(expected[at++]);
                                }
                            }
                        });

        try (InputStream in = store().open(key("db/0001"))) {
            assertThat(in.readAllBytes()).isEqualTo(expected);
        }
    }

    @Test
    void readsRanges() throws Exception {
        create("db/0001", "0123456789");

        assertThat(read("db/0001", 0, 10)).isEqualTo("0123456789");
        assertThat(read("db/0001", 0, 1)).isEqualTo("0");
        assertThat(read("db/0001", 3, 4)).isEqualTo("3456");
        assertThat(read("db/0001", 9, 1)).isEqualTo("9");
        assertThat(read("db/0001", 8, 100)).isEqualTo("89");
        assertThat(read("db/0001", 8, Long.MAX_VALUE)).isEqualTo("89");
        assertThat(read("db/0001", 5, 0)).isEmpty();
        assertThat(read("db/0001", 10, 5)).isEmpty();
        assertThat(read("db/0001", 11, 5)).isEmpty();
    }

    @Test
    void readsRangesByteByByteAndSkips() throws Exception {
        create("db/0001", "0123456789");

        try (InputStream in = store().open(key("db/0001"), 2, 6)) {
            assertThat(in.read()).isEqualTo('2');
            in.skipNBytes(2);
            assertThat(in.read()).isEqualTo('5');
            assertThat(in.readNBytes(10)).isEqualTo("67".getBytes(StandardCharsets.UTF_8));
            assertThat(in.read()).isNegative();
            assertThat(in.skip(1)).isZero();
        }
    }

    @Test
    void findsNoRangeOfAnAbsentObject() {
        assertThatThrownBy(() -> store().open(key("db/0001"), 5, 5))
                .isInstanceOf(StorageException.NotFound.class);
    }

    @Test
    void refusesImpossibleRangesAndLimits() throws Exception {
        create("db/0001", "content");

        assertThatThrownBy(() -> store().open(key("db/0001"), -1, 5))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().open(key("db/0001"), 0, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().list(key("db"), "", 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deletesAnObject() throws Exception {
        create("db/0001", "first");
        create("db/0002", "other");

        store().delete(key("db/0001"));

        assertThat(store().find(key("db/0001"))).isEmpty();
        assertThat(keys("db")).containsExactly("db/0002");
        assertThatThrownBy(() -> store().open(key("db/0001")))
                .isInstanceOf(StorageException.NotFound.class);
    }

    @Test
    void deletesWhatIsNotThere() throws Exception {
        create("db/sub/0001", "content");

        store().delete(key("db/0001"));
        store().delete(key("elsewhere/0001"));
        store().delete(key("db/sub"));
        store().delete(key("db/sub/0001"));
        store().delete(key("db/sub/0001"));
        store().delete(key("db/sub"));

        create("db/sub/0001", "content");
        assertThat(read("db/sub/0001")).isEqualTo("content");
    }

    @Test
    void takesOtherContentAfterADeletion() throws Exception {
        create("db/0001", "first");
        store().delete(key("db/0001"));

        create("db/0001", "second");

        assertThat(read("db/0001")).isEqualTo("second");
    }

    @Test
    void findsNoObjectWhereKeysOnlyGoOn() throws Exception {
        create("db/sub/0001", "content");

        assertThat(store().find(key("db"))).isEmpty();
        assertThat(store().find(key("db/sub"))).isEmpty();
        assertThat(store().find(key("db/sub/0001/more"))).isEmpty();
        assertThat(store().list(key("db/sub/0001"), "", 10)).isEmpty();
        for (String absent : List.of("db/sub", "db/sub/0001/more")) {
            assertThatThrownBy(() -> store().open(key(absent)))
                    .isInstanceOf(StorageException.NotFound.class);
        }
        store().delete(key("db/sub/0001/more"));
    }

    @Test
    protected void keepsKeysBelowKeys() throws Exception {
        assume(Capability.KEEPS_KEYS_BELOW_KEYS);

        create("db/a/b", "below");
        create("db/a", "above");

        assertThat(read("db/a")).isEqualTo("above");
        assertThat(read("db/a/b")).isEqualTo("below");
        assertThat(keys("db")).containsExactly("db/a", "db/a/b");
        store().delete(key("db/a"));
        assertThat(keys("db")).containsExactly("db/a/b");
    }

    @Test
    void rejectsAKeyBelowAKeyIfItCannotKeepBoth() throws Exception {
        Assumptions.assumeFalse(
                capabilities().contains(Capability.KEEPS_KEYS_BELOW_KEYS), "the store keeps both");
        create("db/a", "a");
        create("db/b/c", "c");

        assertThatThrownBy(() -> create("db/a/b", "below"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("db/a");
        assertThatThrownBy(() -> create("db/b", "above"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("db/b");
        assertThatThrownBy(() -> replace("db/b", "above"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("db/b");
        assertThat(keys("db")).containsExactly("db/a", "db/b/c");
    }

    @Test
    void seesWhatIsBelowAPrefixAsAStore() throws Exception {
        create("a/db/0001", "content");
        ObjectStore below = store().below("a");

        assertThat(below.list(key("db"), "", 10).getFirst().key()).isEqualTo(key("db/0001"));
        assertThat(store().below("")).isSameAs(store());
    }

    private static ObjectContent failing(IOException failure) {
        return out -> {
            out.write(new byte[100_000]);
            throw failure;
        };
    }

    private Instant kept(Instant time) {
        return capabilities().contains(Capability.KEEPS_MILLISECONDS)
                ? time
                : time.truncatedTo(ChronoUnit.SECONDS);
    }
}
