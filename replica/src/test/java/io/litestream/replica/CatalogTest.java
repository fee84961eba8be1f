package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class CatalogTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void holdsAnyInventory() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Inventory inventory = Inventory.of(randomFiles(random, random.nextInt(50)));

            Inventory read = Catalog.decode(Catalog.encode(inventory), "catalog");

            assertThat(read.files()).as("seed %d", seed).isEqualTo(inventory.files());
        }
    }

    @Test
    void takesSomeEightBytesForASlot() {
        List<ReplicaFile> files = new ArrayList<>();
        for (long txid = 2; txid < 10_002; txid++) {
            TxidRange range = TxidRange.of(new Txid(txid));
            Instant created = CREATED.plusMillis(1000 * txid + txid % 13);
            files.add(new ReplicaFile(Level.CAPTURED, range, 4_000 + txid % 999, created));
        }

        assertThat(Catalog.encode(Inventory.of(files))).hasSizeLessThan(80_100);
    }

    @Test
    void refusesEveryDamage() {
        byte[] sound = Catalog.encode(Inventory.of(randomFiles(new Random(1), 9)));

        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 0x20;
            assertThatThrownBy(() -> Catalog.decode(damaged, "_ctl/catalog"))
                    .as("byte %d", at)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("_ctl/catalog");
            byte[] cut = Arrays.copyOf(sound, at);
            assertThatThrownBy(() -> Catalog.decode(cut, "_ctl/catalog"))
                    .as("%d bytes", at)
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void distrustsWhatHasTheRightChecksum() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Catalog.encode(Inventory.of(randomFiles(random, 5)));
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[12 + random.nextInt(bytes.length - 20)] = (byte) random.nextInt();
            }
            byte[] checked = withChecksum(bytes);
            try {
                Catalog.decode(checked, "catalog");
            } catch (CorruptFileException expected) {
                assertThat(expected.file()).as("seed %d", seed).isEqualTo("catalog");
            }
        }
    }

    private static byte[] withChecksum(byte[] bytes) {
        int end = bytes.length - Long.BYTES;
        return ByteBuffer.wrap(bytes).putLong(end, PageHash.of(0, bytes, 0, end)).array();
    }

    private static List<ReplicaFile> randomFiles(Random random, int count) {
        List<ReplicaFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long first = random.nextLong(1, random.nextBoolean() ? 100 : Long.MAX_VALUE);
            long last = random.nextBoolean() ? first : random.nextLong(first, Long.MAX_VALUE);
            files.add(
                    new ReplicaFile(
                            new Level(random.nextInt(10)),
                            new TxidRange(new Txid(first), new Txid(last)),
                            random.nextLong(Long.MAX_VALUE),
                            CREATED.plusMillis(random.nextInt())));
        }
        return files;
    }
}
