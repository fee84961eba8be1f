package io.litestream.replica.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.WRITE;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.WalChecksum;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalPosition;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

final class BaselineFileTest {

    @TempDir Path directory;

    @Test
    void aNewFileHasNoBaseline() throws IOException {
        assertThat(read()).isEmpty();
    }

    @Test
    void keepsTheLastTwoNewestFirst() throws IOException {
        write(1, 2, 3);

        assertThat(read()).containsExactly(baseline(3), baseline(2));
    }

    @Test
    void goesOnWhereItWasWhenOpenedAgain() throws IOException {
        write(1, 2);
        write(3);

        assertThat(read()).containsExactly(baseline(3), baseline(2));
    }

    @Test
    void keepsAPositionWithoutWal() throws IOException {
        Position position =
                new Position(new Txid(7), 512, 0, Checksum.EMPTY, Optional.<WalPosition>empty());
        Instant before1970 = Instant.ofEpochSecond(-5, 999_999_999);
        Baseline baseline =
                new Baseline(position, FileStat.ABSENT, FileStat.ABSENT, before1970, false);

        try (BaselineFile file = BaselineFile.open(file())) {
            file.write(baseline);
        }

        assertThat(read()).containsExactly(baseline);
    }

    @Test
    void aTornSlotLeavesTheOlderOne() throws IOException {
        write(1, 2);
        byte[] before = Files.readAllBytes(file());
        write(3);
        byte[] after = Files.readAllBytes(file());
        int slot = Arrays.equals(before, 0, 512, after, 0, 512) ? 512 : 0;

        for (int length = 0; length < BaselineSlot.SIZE; length++) {
            byte[] torn = before.clone();
            System.arraycopy(after, slot, torn, slot, length);
            Files.write(file(), torn, WRITE);
            boolean same = Arrays.equals(torn, before);
            boolean whole = Arrays.equals(torn, after);
            List<Baseline> expected =
                    whole
                            ? List.of(baseline(3), baseline(2))
                            : same ? List.of(baseline(2), baseline(1)) : List.of(baseline(2));
            assertThat(read()).as("%d bytes", length).isEqualTo(expected);
        }
    }

    @Test
    void afterATornWriteTheNextOneMendsIt() throws IOException {
        write(1, 2);
        byte[] bytes = Files.readAllBytes(file());
        int slotOf2 = indexOfSlot(bytes, 2);
        bytes[slotOf2 + 100] ^= 1;
        Files.write(file(), bytes);

        write(3);

        assertThat(read()).containsExactly(baseline(3), baseline(1));
    }

    @Test
    void aFlippedByteSpoilsItsSlotAlone() throws IOException {
        write(1, 2);
        byte[] good = Files.readAllBytes(file());
        int slotOf2 = indexOfSlot(good, 2);

        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            Files.write(file(), bad, WRITE);
            boolean newest = i >= slotOf2 && i < slotOf2 + BaselineSlot.SIZE;
            assertThat(read()).as("byte %d", i).containsExactly(baseline(newest ? 1 : 2));
        }
    }

    @Test
    void slotsThatChangedPlacesAreNone() throws IOException {
        write(1, 2);
        byte[] bytes = Files.readAllBytes(file());
        byte[] swapped = new byte[1024];
        System.arraycopy(bytes, 0, swapped, 512, 512);
        System.arraycopy(bytes, 512, swapped, 0, 512);

        Files.write(file(), swapped);

        assertThat(read()).isEmpty();
    }

    @Test
    void anythingElseIsNone() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int length : new int[] {0, 1, 511, 512, 513, 1023, 1024, 5000}) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            Files.write(file(), noise);
            assertThat(read()).as("seed %d, length %d", seed, length).isEmpty();
        }
    }

    @Test
    void isOutOfUseAfterInvalidateUntilTheNextWrite() throws IOException {
        write(1, 2);
        try (BaselineFile file = BaselineFile.open(file())) {
            file.invalidate();
            assertThat(file.read()).isEmpty();
            assertThat(read()).isEmpty();

            file.write(baseline(3));

            assertThat(file.read()).containsExactly(baseline(3));
        }
        assertThat(read()).containsExactly(baseline(3));
    }

    @Test
    void aPositionHasThePagesOfADatabase() {
        assertThatThrownBy(
                        () -> new Position(new Txid(1), 1000, 1, Checksum.EMPTY, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000");
    }

    private static int indexOfSlot(byte[] bytes, long sequence) {
        int slot = (int) (sequence & 1);
        assertThat(
                        BaselineSlot.decode(
                                slot, Arrays.copyOfRange(bytes, slot * 512, slot * 512 + 512)))
                .isPresent();
        return slot * BaselineSlot.SIZE;
    }

    private void write(long... txids) throws IOException {
        try (BaselineFile file = BaselineFile.open(file())) {
            for (long txid : txids) {
                file.write(baseline(txid));
            }
        }
    }

    private List<Baseline> read() throws IOException {
        try (BaselineFile file = BaselineFile.open(file())) {
            return file.read();
        }
    }

    private static Baseline baseline(long txid) {
        WalChecksum running = new WalChecksum((int) txid, 7);
        WalPosition wal = new WalPosition(walHeader(), txid * 31, running);
        Position position =
                new Position(new Txid(txid), 4096, txid * 3, new Checksum(-txid), Optional.of(wal));
        FileStat database = new FileStat(1, 2, 3, txid, 5, 6);
        FileStat walFile = new FileStat(1, 12, 13, 14, txid, 16);
        return new Baseline(
                position, database, walFile, Instant.ofEpochSecond(txid, 123), txid % 2 == 0);
    }

    private static WalHeader walHeader() {
        ByteBuffer header = ByteBuffer.allocate(32);
        header.putInt(0x377f0682)
                .putInt(3_007_000)
                .putInt(4096)
                .putInt(1)
                .putLong(0x1234_5678_9ABCL);
        ByteBuffer words = header.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
        int first = 0;
        int second = 0;
        for (int i = 0; i < 3; i++) {
            first += words.getInt() + second;
            second += words.getInt() + first;
        }
        return WalHeader.parse(header.putInt(first).putInt(second).array()).orElseThrow();
    }

    private Path file() {
        return directory.resolve("baseline");
    }
}
