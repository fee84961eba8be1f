package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.storage.file.FileAccess;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

final class PageWriterTest {

    private static final int PAGE_SIZE = 512;
    private static final int PAGES = 5_000;

    @TempDir Path directory;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /// However few pages may wait for their neighbours.
    @RepeatedTest(20)
    void everyPageComesToItsPlace() throws Exception {
        byte[] expected = new byte[PAGES * PAGE_SIZE];
        random.nextBytes(expected);
        Path path = directory.resolve("database");
        PageSet put = new PageSet();
        long checksum = 0;
        int held = 1 + random.nextInt(random.nextBoolean() ? 20 : PAGES);
        try (TemporaryFile file = TemporaryFile.open(path, FileAccess.ofProcess());
                PageWriter writer =
                        new PageWriter(
                                file,
                                PAGE_SIZE,
                                PAGES,
                                new PageHashes(),
                                Checksum.EMPTY,
                                put::contains,
                                (long) held * PAGE_SIZE)) {
            int files = random.nextInt(20);
            for (int i = 0; i <= files; i++) {
                int oneOf = i == files ? 1 : 1 + random.nextInt(100);
                for (int number = 1; number <= PAGES; number++) {
                    if (random.nextInt(oneOf) == 0 && put.add(number)) {
                        byte[] page = page(expected, number);
                        writer.put(number, page);
                        checksum ^= PageHash.of(number, page, 0, PAGE_SIZE);
                    }
                }
                if (random.nextInt(5) == 0) {
                    writer.force();
                    assertThat(writer.checksum()).isEqualTo(new Checksum(checksum));
                    assertPut(put, expected, path);
                }
            }
            writer.finish();
            assertThat(writer.checksum()).isEqualTo(new Checksum(checksum));
        }
        assertThat(Files.readAllBytes(path)).as("seed %d", seed).isEqualTo(expected);
    }

    private void assertPut(PageSet put, byte[] expected, Path path) throws Exception {
        byte[] found = Files.readAllBytes(path);
        put.forEach(number ->
                assertThat(page(found, (int) number))
                        .as("page %d, seed %d", number, seed)
                        .isEqualTo(page(expected, (int) number)));
    }

    private static byte[] page(byte[] of, int number) {
        byte[] page = new byte[PAGE_SIZE];
        System.arraycopy(of, (number - 1) * PAGE_SIZE, page, 0, PAGE_SIZE);
        return page;
    }
}
