package io.litestream.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.testkit.PatternContent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// What only other processes can show: crashes, races between programs, and systems that refuse.
final class FileObjectStoreProcessTest {

    @TempDir private Path directory;

    @Test
    void leavesNoPartOfAnObjectWhenItIsKilled() throws Exception {
        int size = 4_000_000;

        for (int i = 0; i < 6; i++) {
            Path root = directory.resolve("killed-" + i);
            try (JavaProcess writer = JavaProcess.start("fill", root.toString(), "" + size)) {
                assertThat(writer.line()).isEqualTo("begun");
                for (int line = 0; line < i; line++) {
                    assertThat(writer.line()).isEqualTo(line % 2 == 0 ? "created" : "begun");
                }
                writer.kill();
            }

            ObjectStore store = new FileObjectStore(root);
            List<ObjectInfo> objects = store.list(new ObjectKey("ltx"), "", 1000);
            assertThat(objects).hasSizeGreaterThanOrEqualTo((i + 1) / 2);
            for (int number = 0; number < objects.size(); number++) {
                try (InputStream in = store.open(objects.get(number).key())) {
                    new PatternContent(number, size).assertSame(in);
                }
            }
        }
    }

    @Test
    void removesWhatAKilledWriterLeft() throws Exception {
        Path objects = directory.resolve("ltx/0");
        try (JavaProcess writer = JavaProcess.start("stop-halfway", directory.toString())) {
            assertThat(writer.line()).isEqualTo("halfway");
            writer.kill();
        }
        assertThat(names(objects)).singleElement().asString().startsWith("0001.").endsWith(".tmp");

        assertThat(DurableFiles.removeLeftovers(objects)).isEqualTo(1);

        assertThat(names(objects)).isEmpty();
    }

    @Test
    void createsOverWhatAKilledWriterLeft() throws Exception {
        try (JavaProcess writer = JavaProcess.start("stop-halfway", directory.toString())) {
            assertThat(writer.line()).isEqualTo("halfway");
            writer.kill();
        }

        try (JavaProcess next = JavaProcess.start("create", directory.toString(), "1000")) {
            assertThat(next.rest()).isEqualTo("created");
        }

        assertThat(directory.resolve("ltx/0/0001")).hasSize(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"race", "race-without-links"})
    void letsOneOfTwoProcessesWinEachKey(String mode) throws Exception {
        int rounds = 100;
        try (JavaProcess first = racer(mode, "first", rounds);
                JavaProcess second = racer(mode, "second", rounds)) {
            for (int i = 0; i < rounds; i++) {
                List<String> outcomes = race(first, second);
                assertThat(outcomes).containsExactlyInAnyOrder("won", "lost");
                assertThat(directory.resolve("ltx/0/%06d".formatted(i)))
                        .hasContent(outcomes.getFirst().equals("won") ? "first" : "second");
            }
        }
    }

    @Test
    void letsTwoProcessesBothWinWithEqualContent() throws Exception {
        int rounds = 50;
        try (JavaProcess first = racer("race", "same", rounds);
                JavaProcess second = racer("race", "same", rounds)) {
            for (int i = 0; i < rounds; i++) {
                assertThat(race(first, second)).containsExactly("won", "won");
            }
        }
    }

    @Test
    void streamsAnObjectLargerThanTheMemoryAndComparesIt() throws Exception {
        int size = 100_000_000; // of a program with 64 MiB

        assertThat(create(List.of(), directory, size)).isEqualTo("created");
        assertThat(create(List.of(), directory, size)).isEqualTo("created");
        assertThat(create(List.of(), directory, size + 1)).startsWith("Conflict");

        try (InputStream in = Files.newInputStream(directory.resolve("ltx/0/0001"))) {
            new PatternContent(1, size).assertSame(in);
        }
    }

    @Test
    void isUnavailableOnAFullDiskAndLeavesItEmpty() throws Exception {
        String outcome = createMounted("size=1m", 5_000_000, "ls -A ltx/0 | wc -l");

        assertThat(outcome).startsWith("Unavailable: cannot write ").endsWith("\n0");
    }

    @Test
    void isRejectedOnAReadOnlyFileSystem() throws Exception {
        String outcome = createMounted("ro", 10, "true");

        assertThat(outcome).startsWith("Rejected: cannot create ").contains("read-only");
    }

    @Test
    void isUnavailableWhereAFileMayNotGrow() throws Exception {
        Assumptions.assumeTrue(
                JavaProcess.succeeds("sh", "-c", "ulimit -f 2000"), "no limit of file sizes");

        String outcome =
                create(
                        List.of("sh", "-c", "ulimit -f 2000; exec \"$@\"", "sh"),
                        directory,
                        5_000_000);

        assertThat(outcome).startsWith("Unavailable: cannot write ");
        assertThat(names(directory.resolve("ltx/0"))).isEmpty();
    }

    @Test
    void isRejectedWithoutTheRightToWrite() throws Exception {
        Path root = Files.createDirectory(directory.resolve("root"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("r-xr-xr-x"));
        boolean mayDoAll = Files.isWritable(root);
        Assumptions.assumeTrue(
                !mayDoAll
                        || JavaProcess.succeeds("setpriv", "--reuid=65534", "ls", root.toString()),
                "this user may write everywhere, and cannot run as another");
        List<String> launcher =
                mayDoAll ? List.of("setpriv", "--reuid=65534", "--clear-groups") : List.of();

        String outcome = create(launcher, root, 10);

        assertThat(outcome).startsWith("Rejected: cannot create ").contains("access denied");
    }

    private static List<String> race(JavaProcess first, JavaProcess second) throws IOException {
        assertThat(first.line()).isEqualTo("ready");
        assertThat(second.line()).isEqualTo("ready");
        first.go();
        second.go();
        return List.of(first.line(), second.line());
    }

    private JavaProcess racer(String mode, String content, int rounds) throws IOException {
        return JavaProcess.start(mode, directory.toString(), "" + rounds, content);
    }

    /// Creates an object on a file system that only this program sees, then runs a command there.
    private String createMounted(String options, long size, String command) throws Exception {
        Assumptions.assumeTrue(
                JavaProcess.succeeds("unshare", "-r", "-m", "mount", "-t", "tmpfs", "t", "/mnt"),
                "cannot mount a file system in a name space of its own");
        Path root = Files.createDirectory(directory.resolve("mounted"));
        String script =
                "mount -t tmpfs -o %s t '%s' && \"$@\" && cd '%s' && %s"
                        .formatted(options, root, root, command);
        return create(List.of("unshare", "-r", "-m", "sh", "-c", script, "sh"), root, size);
    }

    private static String create(List<String> launcher, Path root, long size) throws Exception {
        try (JavaProcess program =
                JavaProcess.startUnder(launcher, "create", root.toString(), "" + size)) {
            return program.rest();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
