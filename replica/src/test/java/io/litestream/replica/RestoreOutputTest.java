package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.state.PageHashTable;
import io.litestream.replica.state.RestoredPosition;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.FileAccess;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What a restore does at and beside its output path.
final class RestoreOutputTest {

    private static final String STATE = ".restored.db-litestream";

    @TempDir Path sources;
    @TempDir Path directory;

    private final Replica replica = new Replica("test", new MemoryObjectStore(), KeyLayout.PLAIN);
    private Path source;
    private Path output;

    @BeforeEach
    void replicate() throws IOException {
        source = sources.resolve("source.db");
        output = directory.resolve("restored.db");
        SqliteProgram.run(
                source,
                "PRAGMA journal_mode=WAL;",
                "CREATE TABLE t (x);",
                "INSERT INTO t SELECT value FROM generate_series(1, 5000);");
        SqliteProgram.snapshot(source, replica);
    }

    @Test
    void leavesTheDatabaseAndItsStateAndNothingElse() throws Exception {
        RestoreResult result = restore(request().withCheck(IntegrityCheck.FULL));

        assertThat(output).hasSameBinaryContentAs(source);
        assertThat(result.check()).isEqualTo(IntegrityCheck.FULL);
        assertThat(names()).containsExactlyInAnyOrder("restored.db", STATE);
    }

    @Test
    void leavesThePositionForWhoeverReplicatesNext() throws Exception {
        RestoreResult result = restore(request());

        StateDirectory state = new StateDirectory(directory.resolve(STATE));
        assertThat(RestoredPosition.read(state.restored()))
                .contains(
                        new RestoredPosition(
                                Txid.FIRST,
                                Txid.FIRST,
                                result.pageSize(),
                                result.pageCount(),
                                result.checksum()));
        try (PageHashTable table = PageHashTable.open(state.table()).orElseThrow()) {
            assertThat(table.checksum()).isEqualTo(result.checksum());
        }
    }

    @Test
    void leavesAnExistingStateDirectoryAlone() throws Exception {
        Path state = Files.createDirectory(directory.resolve(STATE));
        Files.writeString(state.resolve("known"), "line");

        restore(request());

        assertThat(state).isDirectoryContaining("glob:**/known");
        try (Stream<Path> inside = Files.list(state)) {
            assertThat(inside).hasSize(1);
        }
    }

    @Test
    void createsMissingDirectories() throws Exception {
        output = directory.resolve("a/b/restored.db");

        restore(request());

        assertThat(output).hasSameBinaryContentAs(source);
    }

    @Test
    void keepsADatabaseThatItMayNotReplace() throws Exception {
        SqliteProgram.run(output, "CREATE TABLE mine (x);");

        assertThatThrownBy(() -> restore(request()))
                .isInstanceOf(RestoreException.OutputExists.class)
                .hasMessage(
                        "cannot restore, output path already exists and is not empty: %s."
                                + " Use -force to overwrite",
                        output);
        assertThat(SqliteProgram.run(output, ".tables")).isEqualTo("mine");
    }

    @Test
    void refusesASidecarOfAnotherDatabase() throws Exception {
        for (String suffix : new String[] {"-wal", "-shm", "-journal"}) {
            Path sidecar = directory.resolve("restored.db" + suffix);
            Files.writeString(sidecar, "mine");

            assertThatThrownBy(() -> restore(request()))
                    .isInstanceOf(RestoreException.OutputExists.class)
                    .hasMessage(
                            "cannot restore, SQLite sidecar path already exists: %s."
                                    + " Use -force to overwrite",
                            sidecar);
            assertThat(sidecar).hasContent("mine");
            Files.delete(sidecar);
        }
    }

    @Test
    void saysWhyItCannotWrite() throws Exception {
        output = Path.of("/proc/restored.db");
        Assumptions.assumeTrue(Files.isDirectory(output.getParent()), "there is no /proc");

        assertThatThrownBy(() -> restore(request()))
                .isInstanceOf(RestoreException.Failed.class)
                .hasMessage("cannot write /proc/restored.db.tmp: no such file or directory");
    }

    @Test
    void refusesADirectory() throws Exception {
        Files.createDirectory(output);

        assertThatThrownBy(() -> restore(force()))
                .isInstanceOf(RestoreException.OutputExists.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    void takesTheNameOfAnEmptyFile() throws Exception {
        Files.createFile(output);

        restore(request());

        assertThat(output).hasSameBinaryContentAs(source);
        assertThat(names()).containsExactlyInAnyOrder("restored.db", STATE);
    }

    @Test
    void replacesADatabaseAndItsWal() throws Exception {
        SqliteProgram.run(
                output,
                "PRAGMA journal_mode=WAL;",
                ".dbconfig no_ckpt_on_close on",
                "CREATE TABLE mine (x);");
        assertThat(directory.resolve("restored.db-wal")).isNotEmptyFile();

        restore(force());

        assertThat(output).hasSameBinaryContentAs(source);
        assertThat(names()).containsExactlyInAnyOrder("restored.db", STATE);
        assertThat(SqliteProgram.run(output, "SELECT count(*) FROM t;")).isEqualTo("5000");
    }

    @Test
    void replacesTheDatabaseThatALinkLeadsTo() throws Exception {
        Path real = sources.resolve("real.db");
        SqliteProgram.run(real, "CREATE TABLE mine (x);");
        Files.createSymbolicLink(output, real);

        restore(force());

        assertThat(output).isSymbolicLink();
        assertThat(real).hasSameBinaryContentAs(source);
        assertThat(names()).containsExactly("restored.db");
    }

    @Test
    void givesTheNewDatabaseToThoseWhoHadTheOldOne() throws Exception {
        Files.createFile(output);
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
        Files.setPosixFilePermissions(output, permissions);
        giveAwayIfAllowed(output);
        PosixFileAttributes before = attributes(output);
        List<PosixFileAttributes> meanwhile = new ArrayList<>();

        restore(
                request()
                        .withProgress((_, _) ->
                                meanwhile.add(attributes(directory.resolve("restored.db.tmp")))));

        assertThat(meanwhile).isNotEmpty();
        meanwhile.add(attributes(output));
        assertThat(meanwhile)
                .allSatisfy(found -> {
                    assertThat(found.permissions()).isEqualTo(permissions);
                    assertThat(found.owner()).isEqualTo(before.owner());
                    assertThat(found.group()).isEqualTo(before.group());
                });
    }

    @Test
    void replacesWhatIsNoDatabase() throws Exception {
        Files.writeString(output, "not a database at all".repeat(100));
        Files.writeString(directory.resolve("restored.db-wal"), "nor a WAL");

        restore(force());

        assertThat(output).hasSameBinaryContentAs(source);
        assertThat(names()).containsExactlyInAnyOrder("restored.db", STATE);
    }

    @Test
    void doesNotReplaceADatabaseThatSomebodyUses() throws Exception {
        try (SqliteProgram application = SqliteProgram.open(output)) {
            application.ask("PRAGMA journal_mode=WAL;", "CREATE TABLE mine (x);");

            assertThatThrownBy(() -> restore(force()))
                    .isInstanceOf(RestoreException.OutputInUse.class)
                    .hasMessageContaining(output.toString());

            assertThat(application.ask(".tables")).isEqualTo("mine");
            assertThat(names())
                    .containsExactlyInAnyOrder("restored.db", "restored.db-wal", "restored.db-shm");
        }
    }

    @Test
    void leavesTheOldDatabaseAloneWhenItFails() throws Exception {
        SqliteProgram.run(output, "CREATE TABLE mine (x);");
        byte[] before = Files.readAllBytes(output);
        replica.delete(replica.inventory().files().getFirst());

        assertThatThrownBy(() -> restore(force())).isInstanceOf(RestoreException.NoBackup.class);

        assertThat(output).hasBinaryContent(before);
        assertThat(names()).containsExactly("restored.db");
    }

    @Test
    void givesNoNameToADatabaseThatSqliteFindsDamaged() throws Exception {
        replica.delete(replica.inventory().files().getFirst());
        try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.allocate(100), 4096 * 3);
        }
        SqliteProgram.snapshot(source, replica);

        assertThatThrownBy(() -> restore(request()))
                .isInstanceOf(RestoreException.Unsound.class)
                .hasMessageStartingWith("post-restore integrity check: integrity check failed: ");
        assertThat(names()).isEmpty();

        restore(request().withCheck(IntegrityCheck.NONE));
        assertThat(output).hasSameBinaryContentAs(source);
    }

    @Test
    void doesNotWriteTheFileOfAnotherRestore() throws Exception {
        Path temporary = directory.resolve("restored.db.tmp");
        try (TemporaryFile other = TemporaryFile.open(temporary, FileAccess.ofProcess())) {
            assertThatThrownBy(() -> restore(request()))
                    .isInstanceOf(RestoreException.Failed.class)
                    .hasMessageContaining("another restore is writing " + temporary);
            assertThat(other.isOurs()).isTrue();
            assertThat(temporary).exists();
        }
    }

    private static PosixFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, PosixFileAttributes.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Only root may give files away.
    private static void giveAwayIfAllowed(Path file) throws IOException {
        try {
            Files.setAttribute(file, "unix:uid", 12_345);
            Files.setAttribute(file, "unix:gid", 12_345);
        } catch (FileSystemException _) {
            // then it stays ours
        }
    }

    private RestoreRequest request() {
        return RestoreRequest.of(new RestoreTarget.Latest(), output);
    }

    private RestoreRequest force() {
        return request().withExisting(ExistingOutput.REPLACE);
    }

    private RestoreResult restore(RestoreRequest request) throws RestoreException {
        return new Restore(replica, Clock.system()).run(request);
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList().stream();
        }
    }
}
