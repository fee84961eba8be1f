package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

final class HeldPagesTest {

    private static final int PAGE_SIZE = 512;
    private static final int END = 3 * PAGE_SIZE;

    @TempDir Path directory;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @RepeatedTest(20)
    void pagesAreTakenInAscendingOrderHoweverFewFitIntoMemory() throws Exception {
        try (FileChannel file = file()) {
            HeldPages held = new HeldPages(file, PAGE_SIZE, 1 + random.nextInt(100), END);
            TreeMap<Long, byte[]> expected = new TreeMap<>();
            for (int i = 0; i < 3_000; i++) {
                long number = 1 + random.nextInt(100_000);
                if (random.nextBoolean() && !held.isFull() && !expected.containsKey(number)) {
                    byte[] page = new byte[PAGE_SIZE];
                    random.nextBytes(page);
                    held.add(number, page);
                    expected.put(number, page);
                } else if (!expected.isEmpty()) {
                    take(held, expected);
                }
            }
            while (!expected.isEmpty()) {
                take(held, expected);
            }
            assertThat(held.first()).isEqualTo(HeldPages.NONE);
        }
    }

    @Test
    void whatTheFileHeldBeforeTheEndStays() throws Exception {
        Path path = directory.resolve("file");
        byte[] database = new byte[END];
        random.nextBytes(database);
        Files.write(path, database);
        try (FileChannel file = file()) {
            HeldPages held = new HeldPages(file, PAGE_SIZE, 1, END);
            for (long number = 1; number < 50; number++) {
                held.add(number, new byte[PAGE_SIZE]);
            }
        }
        assertThat(Arrays.copyOf(Files.readAllBytes(path), END)).isEqualTo(database);
    }

    @Test
    void aFileThatWasCutShortIsAFailure() throws Exception {
        try (FileChannel file = file()) {
            HeldPages held = new HeldPages(file, PAGE_SIZE, 1, END);
            held.add(1, new byte[PAGE_SIZE]);
            held.add(2, new byte[PAGE_SIZE]);
            file.truncate(END);

            assertThatThrownBy(() -> held.takeFirst(new byte[PAGE_SIZE]))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("cut short at offset " + END);
        }
    }

    private FileChannel file() throws IOException {
        return FileChannel.open(
                directory.resolve("file"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private void take(HeldPages held, TreeMap<Long, byte[]> expected) throws IOException {
        assertThat(held.first()).as("seed %d", seed).isEqualTo(expected.firstKey());
        byte[] page = new byte[PAGE_SIZE];
        held.takeFirst(page);
        assertThat(page).as("seed %d", seed).isEqualTo(expected.pollFirstEntry().getValue());
    }
}
