package io.litestream.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

final class DurableFilesTest {

    @TempDir private Path directory;

    @Test
    void replacesAFileByAWholeOne() throws Exception {
        Path target = directory.resolve("file");

        assertThat(DurableFiles.replace(target, content("first"))).isEqualTo(5);
        assertThat(DurableFiles.replace(target, content("the second"))).isEqualTo(10);

        assertThat(target).hasContent("the second");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void createsAFileOnce() throws Exception {
        Path target = directory.resolve("file");

        assertThat(DurableFiles.create(target, content("first"))).isEqualTo(PublishOutcome.CREATED);
        assertThat(DurableFiles.create(target, content("other"))).isEqualTo(PublishOutcome.EXISTS);

        assertThat(target).hasContent("first");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void leavesNothingOfAContentThatFails() throws Exception {
        Path target = directory.resolve("file");
        DurableFiles.replace(target, content("old"));
        IOException failure = new IOException("half-way");
        FileContent failing =
                out -> {
                    out.write(new byte[200_000]);
                    throw failure;
                };

        assertThatThrownBy(() -> DurableFiles.replace(target, failing)).isSameAs(failure);
        assertThatThrownBy(() -> DurableFiles.create(directory.resolve("new"), failing))
                .isSameAs(failure);

        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void showsTheFileOnlyAfterTheCommit() throws Exception {
        Path target = directory.resolve("file");

        try (Publication publication = DurableFiles.open(target)) {
            publication.out().write(new byte[300_000]);
            publication.out().write(1);
            assertThat(publication.size()).isEqualTo(300_001);
            assertThat(target).doesNotExist();
            publication.commitReplace();
            assertThat(target).hasSize(300_001);
        }

        assertThat(names()).containsExactly("file");
    }

    @Test
    void givesUpWhatIsClosedWithoutACommit() throws Exception {
        try (Publication publication = DurableFiles.open(directory.resolve("file"))) {
            publication.out().write(new byte[300_000]);
            assertThat(names()).singleElement().asString().startsWith("file.").endsWith(".tmp");
        }

        assertThat(names()).isEmpty();
    }

    @Test
    void mayReplaceWhatItCouldNotCreate() throws Exception {
        Path target = directory.resolve("file");
        DurableFiles.replace(target, content("old"));

        try (Publication publication = DurableFiles.open(target)) {
            content("new").writeTo(publication.out());
            assertThat(publication.commitCreate()).isEqualTo(PublishOutcome.EXISTS);
            assertThat(publication.commitCreate()).isEqualTo(PublishOutcome.EXISTS);
            publication.commitReplace();
        }

        assertThat(target).hasContent("new");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void setsTheModificationTime() throws Exception {
        Path target = directory.resolve("file");
        Instant time = Instant.parse("2001-02-03T04:05:06.789Z");

        try (Publication publication = DurableFiles.open(target)) {
            publication.lastModified(time);
            content("content").writeTo(publication.out());
            publication.commitCreate();
        }

        assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(time);
    }

    @Test
    void publishesNamesAsLongAsTheFileSystemTakes() throws Exception {
        for (String name : List.of("n".repeat(255), "é".repeat(127), "😀".repeat(63))) {
            DurableFiles.create(directory.resolve(name), content(name));

            assertThat(directory.resolve(name)).hasContent(name);
        }
    }

    @Test
    void needsTheDirectory() {
        assertThatThrownBy(() ->
                        DurableFiles.replace(directory.resolve("no/file"), content("content")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void givesFilesAndDirectoriesTheAccessWanted() throws Exception {
        FileAccess closed = FileAccess.of(PosixFilePermissions.fromString("rwx------"));
        FileAccess shared = FileAccess.of(PosixFilePermissions.fromString("rw-rw-rw-"));

        DurableFiles.createDirectories(directory.resolve("a/b"), closed);
        try (Publication publication = DurableFiles.open(directory.resolve("a/file"), shared)) {
            publication.commitReplace();
        }

        assertThat(permissions("a")).isEqualTo("rwx------");
        assertThat(permissions("a/b")).isEqualTo("rwx------");
        assertThat(permissions("a/file")).isEqualTo("rw-rw-rw-");
    }

    @Test
    void givesAFileTheAccessOfAnother() throws Exception {
        Path model = Files.createFile(directory.resolve("model"));
        Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("r--rw--w-"));

        try (Publication publication =
                DurableFiles.open(directory.resolve("file"), FileAccess.like(model))) {
            content("content").writeTo(publication.out());
            publication.commitCreate();
        }

        assertThat(permissions("file")).isEqualTo("r--rw--w-");
        assertThat(Files.getOwner(directory.resolve("file"))).isEqualTo(Files.getOwner(model));
    }

    @Test
    void createsDirectoriesOnce() throws Exception {
        Path deep = directory.resolve("a/b/c");

        DurableFiles.createDirectories(deep);
        DurableFiles.createDirectories(deep);

        assertThat(deep).isDirectory();
    }

    @Test
    void createsNoDirectoryInPlaceOfAFile() throws Exception {
        Files.createFile(directory.resolve("a"));

        assertThatThrownBy(() -> DurableFiles.createDirectories(directory.resolve("a")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> DurableFiles.createDirectories(directory.resolve("a/b")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void deletesAndTellsWhetherThereWasAFile() throws Exception {
        Path target = Files.createFile(directory.resolve("file"));

        assertThat(DurableFiles.deleteIfExists(target)).isTrue();
        assertThat(DurableFiles.deleteIfExists(target)).isFalse();
        assertThat(names()).isEmpty();
    }

    @Test
    void removesOnlyTemporaryFiles() throws Exception {
        for (String name : List.of("0001.ltx", "0001.ltx.tmp", "a.7-1a.3.tmp", "tmp", "b.tmpx")) {
            Files.createFile(directory.resolve(name));
        }
        Files.createDirectory(directory.resolve("directory.tmp"));

        assertThat(DurableFiles.removeLeftovers(directory)).isEqualTo(2);

        assertThat(names()).containsExactly("0001.ltx", "b.tmpx", "directory.tmp", "tmp");
    }

    @Test
    void sparesTemporaryFilesThatWereTouchedLately() throws Exception {
        try (Publication publication = DurableFiles.open(directory.resolve("file"))) {
            publication.lastModified(Instant.EPOCH);
            publication.commitCreate();
            Files.createLink(directory.resolve("old-looking.tmp"), directory.resolve("file"));

            assertThat(DurableFiles.removeLeftovers(directory, Duration.ofHours(1))).isZero();
            assertThat(names()).containsExactly("file", "old-looking.tmp");
            assertThat(DurableFiles.removeLeftovers(directory, Duration.ofHours(-1))).isEqualTo(1);
        }

        assertThat(names()).containsExactly("file");
    }

    @Test
    void publishesNothingIfTheTemporaryFileWasRemoved() throws Exception {
        Path target = directory.resolve("file");

        try (Publication publication = DurableFiles.open(target)) {
            content("content").writeTo(publication.out());
            DurableFiles.removeLeftovers(directory);
            assertThatThrownBy(publication::commitCreate).isInstanceOf(IOException.class);
            assertThatThrownBy(publication::commitReplace).isInstanceOf(IOException.class);
        }

        assertThat(target).doesNotExist();
    }

    @Test
    void takesWritesOfAllSizesInOrder() throws Exception {
        Path target = directory.resolve("file");
        byte[] expected = new byte[1_500_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (i * 31 + (i >> 8));
        }

        DurableFiles.replace(
                target,
                out -> {
                    int at = 0;
                    for (int size = 1; at < expected.length; size = size * 2 + 1) {
                        int length = Math.min(size, expected.length - at);
                        write(out, expected, at, length);
                        at += length;
                    }
                });

        assertThat(target).hasBinaryContent(expected);
    }

    private static void write(OutputStream out, byte[] bytes, int at, int length)
            throws IOException {
        if (length < 10) {
            for (int i = at; i < at + length; i++) {
                out.write(bytes[i]);
            }
        } else {
            out.write(bytes, at, length);
        }
    }

    private static FileContent content(String content) {
        return out -> out.write(content.getBytes(StandardCharsets.UTF_8));
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(name)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
