package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// What people do to the database file while nobody writes, whether it is replicated meanwhile or
/// not: past SQLite, in the ways that do no harm to the file itself.
final class FileEvents {

    private static final long NOTICED_NANOS = 40_000_000_000L;

    private final Scene scene;
    private final Random random;
    private final Figures figures;

    FileEvents(Scene scene, Random random, Figures figures) {
        this.scene = scene;
        this.random = random;
        this.figures = figures;
    }

    /// Does one of them.
    ///
    /// @param rollback knows an older state to put back
    void happen(Rollback rollback) throws Exception {
        boolean replicates = scene.replicator.isRunning();
        switch (random.nextInt(6)) {
            case 0, 1 -> replaceByVacuumed();
            case 2 -> replaceByOlder(rollback);
            case 3 -> recreate();
            case 4 -> copyOver();
            default -> {
                if (replicates) {
                    tryToLeaveWalMode();
                } else {
                    leaveWalMode();
                }
            }
        }
    }

    /// Puts a compacted copy in the database's place, as a careful person does.
    private void replaceByVacuumed() throws Exception {
        Path copy = scene.database.resolveSibling("copy.db");
        try (Connection connection = Sql.open(scene.database)) {
            if (!scene.replicator.isRunning()) {
                Sql.rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            }
            Sql.run(connection, "VACUUM INTO '%s'".formatted(copy));
        }
        if (random.nextBoolean()) {
            Sql.open(copy, "PRAGMA journal_mode=WAL").close();
        }
        replaceBy(copy);
        figures.count("databases replaced");
    }

    /// Puts an older copy in the database's place.
    private void replaceByOlder(Rollback rollback) throws Exception {
        if (!rollback.hasSaved()) {
            return;
        }
        Path copy = scene.database.resolveSibling("copy.db");
        Files.copy(rollback.savedDatabase(), copy);
        TreeMap<Long, Long> before = historyThatEnds();
        replaceBy(copy);
        scene.timeline.goBack(before, rollback.savedHistory());
        figures.count("databases replaced by older ones");
    }

    private void replaceBy(Path copy) throws Exception {
        Files.move(
                copy,
                scene.database,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        if (scene.replicator.isRunning()) {
            await("the old WAL stays beside the new file", () -> walBytes() == 0);
        } else {
            deleteSidecars();
        }
    }

    /// Deletes the database and all that belongs to it, and begins another one.
    private void recreate() throws Exception {
        TreeMap<Long, Long> before = historyThatEnds();
        Files.delete(scene.database);
        deleteSidecars();
        Thread.sleep(random.nextInt(1500));
        scene.createDatabase(scene.database, scene.nextPageSize());
        scene.timeline.goBack(before, scene.history());
        figures.count("databases deleted and made again");
    }

    /// Copies a file of the same size over the database, which has one more transaction. Its WAL is
    /// empty, so that no frames are left that belong to another file.
    private void copyOver() throws Exception {
        if (scene.replicator.isRunning()) {
            await("the WAL is not emptied", () -> walBytes() == 0);
        } else {
            scene.settle();
        }
        Path copy = scene.database.resolveSibling("copy.db");
        run("cp", scene.database, copy);
        try (Connection connection = Sql.open(copy, "BEGIN")) {
            Ledger.Head head = Ledger.head(connection);
            long change = new Workload(connection, random, 0).replacePair();
            Ledger.add(connection, head, 0, change);
            Sql.run(connection, "COMMIT");
        }
        if (Files.size(copy) == Files.size(scene.database) && walBytes() == 0) {
            String said = scene.replicator.isRunning() ? scene.replicator.said() : "";
            boolean opened = hasOpened(said);
            run("cp", copy, scene.database);
            if (opened && scene.replicator.isRunning()) {
                await(
                        "nobody notices that another file was copied over the database",
                        () ->
                                scene.replicator
                                        .said()
                                        .substring(said.length())
                                        .contains("compared"));
            }
            figures.count("databases copied over");
        }
        Files.delete(copy);
    }

    /// Says whether the replicator has opened the database since its last start: else it begins
    /// with what it finds.
    private static boolean hasOpened(String said) {
        return said.indexOf("db opened", said.lastIndexOf("msg=litestream version=")) >= 0;
    }

    /// Not by this process: it would drop its locks.
    private static void run(String program, Path from, Path to) throws Exception {
        int exit = new ProcessBuilder(program, from.toString(), to.toString()).start().waitFor();
        Finding.unless(exit == 0, "%s %s %s ended with %d", program, from, to, exit);
    }

    /// Switches write-ahead logging off.
    private void leaveWalMode() throws SQLException {
        try (Connection connection = Sql.open(scene.database)) {
            Sql.rows(connection, "PRAGMA journal_mode=DELETE");
        }
        figures.count("switches of the journal mode");
    }

    /// Tries the same while it is replicated, and back again; it may be refused.
    private void tryToLeaveWalMode() throws SQLException {
        try (Connection connection = Sql.open(scene.database, "PRAGMA busy_timeout=50")) {
            Sql.rows(connection, "PRAGMA journal_mode=DELETE");
            Sql.rows(connection, "PRAGMA journal_mode=WAL");
            figures.count("switches of the journal mode, and back");
        } catch (SQLException e) {
            if (!Sql.isBusy(e)) {
                throw e;
            }
        }
    }

    private TreeMap<Long, Long> historyThatEnds() throws Exception {
        TreeMap<Long, Long> history = scene.history();
        scene.checkAcknowledged(history);
        scene.forgetAcknowledged();
        return history;
    }

    private void deleteSidecars() throws IOException {
        for (String suffix : List.of("-wal", "-shm")) {
            Files.deleteIfExists(scene.database.resolveSibling("app.db" + suffix));
        }
    }

    private long walBytes() {
        return scene.database.resolveSibling("app.db-wal").toFile().length();
    }

    /// A condition that may fail to be found out.
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String complaint, Condition condition) throws Exception {
        long end = System.nanoTime() + NOTICED_NANOS;
        while (!condition.holds()) {
            Finding.unless(System.nanoTime() < end, complaint);
            scene.replicator.check();
            Thread.sleep(20);
        }
    }
}
