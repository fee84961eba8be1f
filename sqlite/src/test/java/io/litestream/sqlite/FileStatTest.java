package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

final class FileStatTest {

    @TempDir Path directory;

    @Test
    void saysThatThereIsNoFile() throws Exception {
        FileStat absent = FileStat.of(directory.resolve("none"));

        assertThat(absent).isEqualTo(FileStat.ABSENT);
        assertThat(absent.exists()).isFalse();
        assertThat(absent.sameFile(absent)).isFalse();
    }

    @Test
    void seesNanoseconds() throws Exception {
        Path path = Files.writeString(directory.resolve("a"), "abc");
        Instant time = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
        Files.setLastModifiedTime(path, FileTime.from(time));

        FileStat stat = FileStat.of(path);

        assertThat(stat.size()).isEqualTo(3);
        assertThat(stat.modifiedNanos()).isEqualTo(1_700_000_000_123_456_789L);
        assertThat(stat.changedNanos()).isGreaterThan(stat.modifiedNanos());
    }

    @Test
    void staysEqualWhileNothingHappens() throws Exception {
        Path path = Files.writeString(directory.resolve("a"), "abc");
        FileStat before = FileStat.of(path);

        Files.readString(path);

        assertThat(FileStat.of(path)).isEqualTo(before);
    }

    @Test
    void followsLinksToOneFile() throws Exception {
        Path path = Files.writeString(directory.resolve("a"), "abc");
        Path hard = Files.createLink(directory.resolve("hard"), path);
        Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic"), path);

        assertThat(FileStat.of(hard).sameFile(FileStat.of(path))).isTrue();
        assertThat(FileStat.of(symbolic)).isEqualTo(FileStat.of(path));
    }

    @Test
    void tellsAReplacedFileFromAChangedOne() throws Exception {
        Path path = Files.writeString(directory.resolve("a"), "abc");
        Path other = Files.writeString(directory.resolve("b"), "abc");
        FileStat first = FileStat.of(path);

        Files.writeString(path, "abcd");
        FileStat changed = FileStat.of(path);
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);

        assertThat(changed.sameFile(first)).isTrue();
        assertThat(changed).isNotEqualTo(first);
        assertThat(FileStat.of(path).sameFile(first)).isFalse();
    }
}
