package io.litestream.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// An application, as a process of its own: it writes to a database until its input ends, it dies,
/// or it finds the database damaged.
///
/// It commits, also through another program, rolls back, also to a savepoint, checkpoints in every
/// mode, VACUUMs, reconnects, reads for long, and sometimes kills itself inside a commit. Before
/// each commit it appends `I` and the transaction's number and chain to a file, and after it `D`.
public final class Writer {

    static final int DAMAGED = 3;

    private static final List<String> MODES = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE");

    private final Path database;
    private final FileChannel acknowledged;
    private final int id;
    private final double rate;
    private final Random random;
    private volatile boolean ending;
    private Connection connection;

    private Writer(Path database, Path acknowledged, int id, double rate, long seed)
            throws IOException, SQLException {
        this.database = database;
        this.acknowledged =
                FileChannel.open(
                        acknowledged, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.id = id;
        this.rate = rate;
        this.random = new Random(seed);
        this.connection = connect();
    }

    /// @param words database, file of acknowledged commits, id, commits each second or 0, seed
    static void main(String[] words) throws Exception {
        Writer writer =
                new Writer(
                        Path.of(words[0]),
                        Path.of(words[1]),
                        Integer.parseInt(words[2]),
                        Double.parseDouble(words[3]),
                        Long.parseLong(words[4]));
        Thread.ofPlatform().daemon().start(writer::awaitEndOfInput);
        Thread.ofPlatform().daemon().start(writer::read);
        try {
            writer.run();
        } catch (SQLException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(DAMAGED);
        }
    }

    private void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException _) {
            // it ends all the same
        }
        ending = true;
    }

    private Connection connect() throws SQLException {
        String[] settings = {
            "PRAGMA busy_timeout=" + (random.nextBoolean() ? 0 : 5000),
            "PRAGMA synchronous=" + List.of("NORMAL", "FULL", "OFF").get(random.nextInt(3)),
            "PRAGMA wal_autocheckpoint=" + List.of(0, 20, 1000).get(random.nextInt(3)),
            "PRAGMA cache_size=" + List.of(5, 200, -2000).get(random.nextInt(3)),
        };
        while (true) {
            try {
                return Sql.open(database, settings);
            } catch (SQLException e) {
                pauseIfBusy(e);
            }
        }
    }

    private void run() throws Exception {
        while (!ending) {
            try {
                step();
            } catch (SQLException e) {
                pauseIfBusy(e);
                rollBack();
            }
            if (rate > 0) {
                TimeUnit.NANOSECONDS.sleep(
                        (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9));
            }
        }
        connection.close();
    }

    private void step() throws Exception {
        double what = random.nextDouble();
        if (what < 0.02) {
            String mode = MODES.get(random.nextInt(MODES.size()));
            Sql.rows(connection, "PRAGMA wal_checkpoint(%s)".formatted(mode));
        } else if (what < 0.025) {
            Sql.run(connection, "VACUUM");
        } else if (what < 0.03) {
            Sql.run(connection, "PRAGMA incremental_vacuum(10)");
        } else if (what < 0.045) {
            connection.close();
            connection = connect();
        } else if (what < 0.075) {
            transactElsewhere();
        } else {
            transact();
        }
    }

    private void transact() throws Exception {
        Sql.run(connection, random.nextInt(5) == 0 ? "BEGIN" : "BEGIN IMMEDIATE");
        Ledger.Head before = Ledger.head(connection);
        if (random.nextInt(15) == 0) {
            changeAndGoBack();
        }
        long change = new Workload(connection, random, id).change();
        if (random.nextInt(12) == 0) {
            Sql.run(connection, "ROLLBACK");
            return;
        }
        Ledger.Head after = Ledger.add(connection, before, id, change);
        note('I', after);
        if (random.nextInt(150) == 0) {
            dieSoon();
        }
        Sql.run(connection, "COMMIT");
        note('D', after);
    }

    private void changeAndGoBack() throws SQLException {
        Sql.run(connection, "SAVEPOINT back");
        new Workload(connection, random, id).change();
        Sql.run(connection, "ROLLBACK TO back");
    }

    private void transactElsewhere() throws Exception {
        ShellTransaction shell = new ShellTransaction(database, random, id);
        ShellTransaction.Plan plan = shell.plan(connection);
        note('I', plan.head());
        if (random.nextInt(50) == 0) {
            dieSoon();
        }
        if (shell.run(plan)) {
            note('D', plan.head());
        }
    }

    /// Kills this process at some moment of the next two milliseconds.
    private void dieSoon() {
        long wait = random.nextLong(2_000_000);
        Thread killer =
                new Thread(() -> {
                    long end = System.nanoTime() + wait;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    Signal.KILL.send(ProcessHandle.current().pid());
                });
        killer.start();
    }

    private void note(char what, Ledger.Head head) throws IOException {
        String line = "%c %d %d%n".formatted(what, head.seq(), head.chain());
        acknowledged.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    }

    private void rollBack() {
        try {
            Sql.run(connection, "ROLLBACK");
        } catch (SQLException _) {
            // there was no transaction
        }
    }

    private static void pauseIfBusy(SQLException failure) throws SQLException {
        if (!Sql.isBusy(failure)) {
            throw failure;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads old states for up to half a second each, on a thread of its own.
    private void read() {
        Random chance = new Random(id);
        while (!ending) {
            try (Connection reader = Sql.open(database)) {
                for (int i = 0; i < 10 && !ending; i++) {
                    TimeUnit.MILLISECONDS.sleep(chance.nextInt(500));
                    Sql.run(reader, "BEGIN", "SELECT count(*) FROM item");
                    TimeUnit.MILLISECONDS.sleep(chance.nextInt(500));
                    Sql.run(reader, "COMMIT");
                }
            } catch (SQLException e) {
                if (!Sql.isBusy(e)) {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(DAMAGED);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
