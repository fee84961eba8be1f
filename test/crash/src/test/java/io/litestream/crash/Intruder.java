package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/// Another replicator that writes to the same places, with a database and a local state of its own:
/// what happens if a machine is cloned, or a configuration copied.
///
/// One of the two must say so and stop. Whatever was durable before stays as it was; and what is
/// newest then is a state that one of the two databases has had.
final class Intruder {

    private static final long STOPPED_NANOS = 60_000_000_000L;

    private final Scene scene;
    private final List<Witness> witnesses;
    private final Random random;
    private final Figures figures;

    Intruder(Scene scene, List<Witness> witnesses, Random random, Figures figures) {
        this.scene = scene;
        this.witnesses = witnesses;
        this.random = random;
        this.figures = figures;
    }

    /// Comes while the replicator runs and all that was committed before is durable. Afterwards
    /// nothing runs any more.
    void come() throws Exception {
        for (Witness witness : witnesses) {
            witness.remember();
        }
        Path directory = Files.createDirectories(scene.directory.resolve("intruder"));
        Path database = directory.resolve("app.db");
        makeDatabase(database);
        try (Replicator other =
                        new Replicator(
                                directory, "replicator", scene.configuration(database), figures);
                Connection connection = Sql.open(database)) {
            other.start();
            awaitStop(other, connection);
            Thread.sleep(random.nextInt(3000));
            scene.endWriters();
            scene.replicator.kill();
            other.kill();
            Set<Long> chains = new HashSet<>(Ledger.verify(connection).values());
            chains.addAll(scene.timeline.chains(scene.settle()));
            for (Witness witness : witnesses) {
                witness.judgeIntruded(chains);
            }
        }
        figures.count("intruders");
    }

    private void makeDatabase(Path database) throws SQLException {
        if (random.nextBoolean()) {
            try (Connection live = Sql.open(scene.database)) {
                Sql.run(live, "VACUUM INTO '%s'".formatted(database));
            }
        } else {
            int pageSize = random.nextBoolean() ? scene.settings.pageSize() : 2048;
            scene.createDatabase(database, pageSize);
        }
    }

    /// Lets both databases change until one replicator has stopped each destination.
    private void awaitStop(Replicator other, Connection connection) throws Exception {
        long end = System.nanoTime() + STOPPED_NANOS;
        while (!isEachStopped(other)) {
            Finding.unless(
                    System.nanoTime() < end, "two replicators share a place, and neither says so");
            scene.reviveWriters();
            scene.replicator.check();
            other.check();
            change(connection);
            Thread.sleep(random.nextInt(100));
        }
    }

    private boolean isEachStopped(Replicator other) throws IOException {
        String said = scene.replicator.said() + other.said();
        for (int i = 0; i < scene.settings.destinations(); i++) {
            Pattern stopped =
                    Pattern.compile(
                            "level=ERROR msg=\"replica stopped, a person must act\".*replica="
                                    + Scene.name(i));
            if (!stopped.matcher(said).find()) {
                return false;
            }
        }
        return true;
    }

    private void change(Connection connection) throws SQLException {
        Sql.run(connection, "BEGIN IMMEDIATE");
        Ledger.Head before = Ledger.head(connection);
        Ledger.add(connection, before, 99, new Workload(connection, random, 99).change());
        Sql.run(connection, "COMMIT");
    }
}
