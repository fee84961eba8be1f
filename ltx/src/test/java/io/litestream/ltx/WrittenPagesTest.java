package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class WrittenPagesTest {

    private static final int PAGES = 200_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void manyPagesComeBackFromATemporaryFile() throws Exception {
        List<Path> before = temporaryFiles();
        try (WrittenPages stored = new WrittenPages(2);
                WrittenPages kept = new WrittenPages(1_000)) {
            List<List<Long>> expected = new ArrayList<>();
            long page = 0;
            long offset = 100;
            for (int i = 0; i < PAGES; i++) {
                page += random.nextInt(10) == 0 ? 1 + random.nextInt(1_000_000) : 1;
                int size = 20 + random.nextInt(70_000);
                stored.add(page, size);
                kept.add(page, size);
                expected.add(List.of(page, offset, (long) size));
                offset += size;
            }

            assertThat(visits(stored)).as("seed %d", seed).isEqualTo(expected);
            assertThat(visits(stored)).as("a second time").isEqualTo(expected);
            assertThat(visits(kept)).as("seed %d", seed).isEqualTo(expected);
            assertThat(stored.lastPage()).isEqualTo(page);
            assertThat(stored.count()).isEqualTo(PAGES);
        }
        assertThat(temporaryFiles()).isEqualTo(before);
    }

    private static List<List<Long>> visits(WrittenPages pages) throws IOException {
        List<List<Long>> visits = new ArrayList<>();
        pages.forEach(100, (page, offset, size) -> visits.add(List.of(page, offset, size)));
        return visits;
    }

    private static List<Path> temporaryFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(directory, "litestream-index-*")) {
            found.forEach(files::add);
        }
        return files;
    }
}
