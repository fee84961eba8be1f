package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The program takes over a database, a replica and a local state directory where the original left
/// them, and gives them back.
final class TakeOverTest {

    @TempDir private Path directory;
    private ReplicatedDatabase ours;

    @BeforeEach
    void begin() throws Exception {
        SqliteProgram.assumeThere();
        GoldenReplica.root();
        ours = new ReplicatedDatabase(directory);
    }

    @AfterEach
    void close() {
        if (ours != null) {
            ours.close();
        }
    }

    @Test
    void continuesTheLineOfTheOriginal() throws Exception {
        takeOver("basic-4096");
        String head = newest(level0());
        String before = ours.dump();
        ours.application("CREATE TABLE ours(x)", "INSERT INTO ours VALUES('first')");

        ours.once();
        ours.application("INSERT INTO ours VALUES('second')");
        ours.once();

        assertThat(newest(level0())).isGreaterThan(head);
        Dumps.assertEqual(SqliteProgram.dump(ours.restore()), ours.dump());
        Dumps.assertEqual(
                SqliteProgram.dump(ours.restore("-txid", head.substring(17, 33))), before);
        assertThat(state().resolve("ltx/0").resolve(newest(state().resolve("ltx/0"))))
                .as("what the original looks for when it takes over again")
                .hasSameBinaryContentAs(level0().resolve(newest(level0())));
    }

    @Test
    void whatItWritesIsReadAndContinuedByTheOriginal() throws Exception {
        Original original = Original.assumeThere(directory);
        takeOver("levels");
        ours.application("CREATE TABLE ours(x)", "INSERT INTO ours VALUES('here')");

        ours.once();

        Dumps.assertEqual(original.dump(ours.replica), ours.dump());
        original.write(ours.replica, "INSERT INTO ours VALUES('there');");
        assertThat(SqliteProgram.dump(ours.restore())).contains("'here'").contains("'there'");
        Dumps.assertEqual(SqliteProgram.dump(ours.restore()), original.dump(ours.replica));
    }

    @Test
    void goesOnBesideABackupOfTheOldVersion() throws Exception {
        GoldenReplica.copy("v03-basic", ours.replica);
        ours.restore(ours.database);
        Path shadow = state().resolve("generations/b52e760306d0976b/wal");
        Files.createDirectories(shadow);
        Files.writeString(state().resolve("generation"), "b52e760306d0976b\n");
        Files.write(shadow.resolve("00000003.wal"), new byte[32]);
        String before = ours.dump();
        ours.application("CREATE TABLE ours(x)", "INSERT INTO ours VALUES('first')");

        ours.once();

        Dumps.assertEqual(SqliteProgram.dump(ours.restore()), ours.dump());
        Dumps.assertEqual(
                SqliteProgram.dump(ours.restore("-generation", "b52e760306d0976b", "-index", "3")),
                before);
        assertThat(shadow.resolve("00000003.wal")).as("not ours").exists();
        assertThat(newest(level0())).isEqualTo("0000000000000002-0000000000000002.ltx");
    }

    /// Puts a database beside a replica of the original, with the state that it keeps locally: the
    /// files of level 0.
    private void takeOver(String golden) throws Exception {
        GoldenReplica.copy(golden, ours.replica);
        ours.restore(ours.database);
        ours.loseState();
        Files.createDirectories(state().resolve("ltx/0"));
        for (String name : names(level0())) {
            Files.copy(level0().resolve(name), state().resolve("ltx/0").resolve(name));
        }
    }

    private Path state() {
        return ours.database.resolveSibling(".app.db-litestream");
    }

    private Path level0() {
        return ours.replica.resolve("ltx/0");
    }

    private static String newest(Path level) throws IOException {
        return names(level).getLast();
    }

    private static List<String> names(Path level) throws IOException {
        try (Stream<Path> files = Files.list(level)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ltx"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
