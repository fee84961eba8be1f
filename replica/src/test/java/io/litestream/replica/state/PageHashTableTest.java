package io.litestream.replica.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.WRITE;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Txid;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

final class PageHashTableTest {

    private static final int PAGE_SIZE = 4096;

    @TempDir Path directory;

    @Test
    void aNewTableIsEmpty() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            assertThat(table.pageSize()).isEqualTo(PAGE_SIZE);
            assertThat(table.pageCount()).isZero();
            assertThat(table.txid()).isEmpty();
            assertThat(table.checksum()).isEqualTo(Checksum.EMPTY);
            assertThat(table.get(1)).isZero();
        }
    }

    @Test
    void keepsWhatWasCommitted() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(3, new Txid(7), changes(1, 11, 2, 22, 3, 33));
        }

        try (PageHashTable table = PageHashTable.open(file()).orElseThrow()) {
            assertThat(table.pageSize()).isEqualTo(PAGE_SIZE);
            assertThat(table.pageCount()).isEqualTo(3);
            assertThat(table.txid()).contains(new Txid(7));
            assertThat(table.durableThrough()).isEmpty();
            assertThat(table.checksum()).isEqualTo(new Checksum(11 ^ 22 ^ 33));
            assertThat(table.get(2)).isEqualTo(22);
        }
    }

    @Test
    void notesWhatWasForced() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(1, new Txid(7), changes(1, 11));
            table.force();
            table.apply(1, new Txid(8), changes(1, 12));
        }

        try (PageHashTable table = PageHashTable.open(file()).orElseThrow()) {
            assertThat(table.txid()).contains(new Txid(8));
            assertThat(table.durableThrough()).contains(new Txid(7));
        }
    }

    @Test
    void behavesLikeAMap() throws IOException {
        for (int round = 0; round < 20; round++) {
            long seed = new Random().nextLong();
            try {
                compareWithMap(new Random(seed));
            } catch (IOException | RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private void compareWithMap(Random random) throws IOException {
        TreeMap<Long, Long> model = new TreeMap<>();
        PageHashTable table = PageHashTable.create(file(), PAGE_SIZE);
        long pageCount = 0;
        for (long txid = 1; txid <= 60; txid++) {
            pageCount = RandomChanges.pageCount(random, pageCount);
            TreeMap<Long, Long> changes = RandomChanges.of(random, pageCount);
            if (random.nextInt(8) == 0) {
                abandon(table, changes);
            }
            model.putAll(changes);
            model.tailMap(pageCount, false).clear();
            Checksum preview = table.preview(pageCount, changes(changes));
            table.apply(pageCount, new Txid(txid), changes(changes));
            assertThat(preview).isEqualTo(table.checksum());
            if (random.nextInt(4) == 0) {
                table.force();
                table.close();
                table = PageHashTable.open(file()).orElseThrow();
            }
            assertThat(table.txid()).contains(new Txid(txid));
            assertEqual(table, model, pageCount);
        }
        table.close();
    }

    /// Puts half of the changes, which are all put again later.
    private static void abandon(PageHashTable table, TreeMap<Long, Long> changes)
            throws IOException {
        PageHashTable.Update update = table.begin(DatabaseSize.MAX_PAGES, new Txid(999));
        for (var change : changes.entrySet().stream().limit(changes.size() / 2).toList()) {
            update.put(change.getKey(), ~change.getValue());
        }
    }

    private static void assertEqual(PageHashTable table, TreeMap<Long, Long> model, long pageCount)
            throws IOException {
        assertThat(table.pageCount()).isEqualTo(pageCount);
        long xor = model.values().stream().reduce(0L, (a, b) -> a ^ b);
        assertThat(table.checksum()).isEqualTo(new Checksum(xor));
        for (long page = 1; page <= pageCount + 600; page++) {
            if (table.get(page) != model.getOrDefault(page, 0L)) {
                throw new AssertionError("the hash of page %d is wrong".formatted(page));
            }
        }
    }

    @Test
    void aPageThatWasDroppedComesBackWithoutItsHash() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(
                    600,
                    new Txid(1),
                    visitor -> {
                        for (long page = 1; page <= 600; page++) {
                            visitor.page(page, page);
                        }
                    });
            table.apply(100, new Txid(2), changes());
            table.apply(600, new Txid(3), changes());

            assertThat(table.get(100)).isEqualTo(100);
            assertThat(table.get(101)).isZero();
            assertThat(table.get(600)).isZero();
        }
    }

    @Test
    void neverCountsTheLockPage() throws IOException {
        int pageSize = 65_536;
        long lockPage = 16_385;
        try (PageHashTable table = PageHashTable.create(file(), pageSize)) {
            PageChanges changes = changes(16_384, 5, lockPage, 99, 16_386, 6);
            assertThat(table.preview(16_386, changes)).isEqualTo(new Checksum(5 ^ 6));

            table.apply(16_386, new Txid(1), changes);

            assertThat(table.checksum()).isEqualTo(new Checksum(5 ^ 6));
            assertThat(table.get(lockPage)).isZero();
        }
    }

    @Test
    void holdsTheLargestDatabaseThatSqliteAllows() throws IOException {
        long last = 0xFFFF_FFFEL;
        try (PageHashTable table = PageHashTable.create(file(), 512)) {
            table.apply(last, new Txid(1), changes(1, 11, last, 22));

            assertThat(table.get(last)).isEqualTo(22);
            assertThat(table.checksum()).isEqualTo(new Checksum(11 ^ 22));
        }
    }

    @Test
    void theFileShrinksWithTheDatabase() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(1_000_000, new Txid(1), changes(1, 11, 500_000, 22, 1_000_000, 33));

            table.apply(1, new Txid(2), changes());

            assertThat(table.checksum()).isEqualTo(new Checksum(11));
            assertThat(Files.size(file())).isEqualTo(2L * HashBlock.SIZE);
        }
    }

    @Test
    void refusesPagesOutOfOrderOrBounds() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            PageHashTable.Update update = table.begin(5, new Txid(1));
            update.put(3, 33);

            assertThatThrownBy(() -> update.put(3, 33))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 follows 3");
            assertThatThrownBy(() -> update.put(6, 66))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("from 1 to 5");
            assertThatThrownBy(() -> table.preview(5, changes(2, 2, 1, 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> table.get(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anUpdateEndsWhenItCommitsOrAnotherBegins() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            PageHashTable.Update first = table.begin(5, new Txid(1));
            PageHashTable.Update second = table.begin(5, new Txid(1));

            assertThatThrownBy(() -> first.put(1, 1)).isInstanceOf(IllegalStateException.class);
            second.commit();
            assertThatThrownBy(second::commit).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void thereIsNoTableWithoutAFile() throws IOException {
        assertThat(PageHashTable.open(file())).isEmpty();
    }

    @Test
    void noFlippedByteGoesUnnoticed() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(513, new Txid(7), changes(1, 11, 511, 22, 513, 33));
        }
        byte[] good = Files.readAllBytes(file());

        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            Files.write(file(), bad, WRITE);
            Optional<PageHashTable> table = PageHashTable.open(file());
            assertThat(table.isPresent())
                    .as("byte %d", i)
                    .isEqualTo(i >= TableHeader.SIZE && i < HashBlock.SIZE);
            if (table.isPresent()) {
                assertThat(table.get().txid()).contains(new Txid(7));
                assertThat(table.get().checksum()).isEqualTo(new Checksum(11 ^ 22 ^ 33));
                table.get().close();
            }
        }
    }

    @Test
    void noOtherLengthIsATable() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(2, new Txid(7), changes(1, 11));
        }
        byte[] good = Files.readAllBytes(file());

        for (int length : new int[] {0, 1, 63, 64, 4095, 4097, 8191}) {
            Files.write(file(), Arrays.copyOf(good, length));
            assertThat(PageHashTable.open(file())).as("length %d", length).isEmpty();
        }
    }

    @Test
    void blocksThatChangedPlacesAreNoTable() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(512, new Txid(7), changes(1, 11, 512, 22));
        }
        byte[] bytes = Files.readAllBytes(file());
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, 4096, swapped, 8192, 4096);
        System.arraycopy(bytes, 8192, swapped, 4096, 4096);

        Files.write(file(), swapped);

        assertThat(PageHashTable.open(file())).isEmpty();
    }

    @Test
    void damageUnderAnOpenTableIsNotReadAsHashes() throws IOException {
        try (PageHashTable table = PageHashTable.create(file(), PAGE_SIZE)) {
            table.apply(1000, new Txid(1), changes(1, 11, 1000, 22));
            try (var other = Files.newByteChannel(file(), WRITE)) {
                other.position(4096 + 100).write(ByteBuffer.wrap(new byte[] {1}));
            }

            assertThatThrownBy(() -> table.get(1))
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("block 1");
        }
    }

    private Path file() {
        return directory.resolve("table");
    }

    private static PageChanges changes(long... pagesAndHashes) {
        return visitor -> {
            for (int i = 0; i < pagesAndHashes.length; i += 2) {
                visitor.page(pagesAndHashes[i], pagesAndHashes[i + 1]);
            }
        };
    }

    private static PageChanges changes(TreeMap<Long, Long> changes) {
        return RandomChanges.walk(changes);
    }
}
