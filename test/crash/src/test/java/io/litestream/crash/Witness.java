package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Remembers what a destination has been seen to hold, or was said to hold, and restores from it:
/// no later restore may give less, and all that it gave must have been committed.
final class Witness {

    private static final Pattern TXID = Pattern.compile("\"txid\":\\s*\"([0-9a-f]{16})\"");
    private static final Pattern PROVEN = Pattern.compile("\"proven\":\\s*true");
    private static final Pattern UPLOADED =
            Pattern.compile("ltx file uploaded.*level=0 .*maxTXID=([0-9a-f]{16})");

    private static final int REMEMBERED = 3;

    private final Scene scene;
    private final int destination;
    private final Figures figures;
    private final Set<Long> seen = new HashSet<>();
    private final TreeMap<Long, Long> remembered = new TreeMap<>(); // txid to chain
    private Timeline.Moment floor = Timeline.Moment.START;
    private long floorTxid;
    private boolean restorable;
    private int restores;

    Witness(Scene scene, int destination, Figures figures) {
        this.scene = scene;
        this.destination = destination;
        this.figures = figures;
    }

    /// What came back.
    record Restored(Path file, long txid, long seq, long chain) {}

    /// Notes that everything up to a transaction was said to be durable.
    void mustHold(long seq) {
        Timeline.Moment moment = scene.timeline.now(seq);
        floor = moment.compareTo(floor) > 0 ? moment : floor;
        restorable = true;
    }

    /// Restores the newest state while everything goes on. There need not be one before anything
    /// was said to be durable.
    void restoreMeanwhile() throws Exception {
        long uploaded = uploaded();
        Path output = output();
        Litestream.Outcome outcome = run(output);
        if (!outcome.succeeded()) {
            Finding.unless(
                    !restorable && outcome.output().contains("no "),
                    "cannot restore from %s: %s",
                    Scene.name(destination),
                    outcome.output());
            return;
        }
        if (restorable) {
            floorTxid = Math.max(floorTxid, uploaded);
        }
        discard(judge(outcome, output));
        figures.count("restores meanwhile");
    }

    /// Restores the newest state after a clean end: exactly the live database.
    void restoreFinally() throws Exception {
        Path output = output();
        Litestream.Outcome outcome = run(output);
        Finding.unless(outcome.succeeded(), "cannot restore at the end: %s", outcome.output());
        Restored restored = judge(outcome, output);
        long mismatch = Files.mismatch(scene.database, restored.file);
        Finding.unless(
                mismatch < 0 || scene.isLiveWithoutPhantom(restored.file),
                "%s is not the live database: the first difference is at byte %d of %d",
                restored.file,
                mismatch,
                Files.size(scene.database));
        discard(restored);
        figures.count("final restores");
    }

    /// Restores some of the older points.
    void restoreOlder(List<Long> txids) throws Exception {
        for (long txid : txids) {
            Path output = output();
            Litestream.Outcome outcome = run(output, "-txid", "%016x".formatted(txid));
            if (!succeeded(outcome, txid)) {
                continue;
            }
            Restored restored = examine(outcome, output);
            Finding.unless(restored.txid == txid, "txid %x gave %s", txid, restored);
            discard(restored);
            figures.count("restores of older points");
        }
    }

    /// Puts an older point in the place of the database, which nobody uses.
    void restoreInPlace(long txid) throws Exception {
        Litestream.Outcome outcome =
                run(scene.database, "-force", "-txid", "%016x".formatted(txid));
        if (succeeded(outcome, txid)) {
            figures.count("restores in place");
        }
    }

    /// Where points are removed there need not be one though its own file is still there.
    private boolean succeeded(Litestream.Outcome outcome, long txid) {
        boolean gone =
                scene.settings.upkeep() == RoundSettings.Upkeep.REMOVING
                        && !outcome.succeeded()
                        && outcome.output().contains("no ");
        Finding.unless(
                outcome.succeeded() || gone, "cannot restore txid %x: %s", txid, outcome.output());
        return outcome.succeeded();
    }

    /// Remembers what some of the points hold.
    void remember() throws Exception {
        List<Long> points = points();
        for (int i = 1; i <= REMEMBERED; i++) {
            long txid = points.get((points.size() * i - 1) / REMEMBERED);
            remembered.put(txid, restore(txid));
        }
    }

    private long restore(long txid) throws Exception {
        Path output = output();
        Litestream.Outcome outcome = run(output, "-txid", "%016x".formatted(txid));
        Finding.unless(outcome.succeeded(), "cannot restore txid %x: %s", txid, outcome.output());
        Restored restored = examine(outcome, output);
        discard(restored);
        return restored.chain;
    }

    /// Checks that the points that were remembered hold what they held, and that the newest one is
    /// of one of these transactions.
    void judgeIntruded(Set<Long> chains) throws Exception {
        for (Map.Entry<Long, Long> point : remembered.entrySet()) {
            long chain = restore(point.getKey());
            Finding.unless(
                    chain == point.getValue(),
                    "%s holds something else at txid %x since another one came",
                    Scene.name(destination),
                    point.getKey());
        }
        Path output = output();
        Litestream.Outcome outcome = run(output);
        Finding.unless(outcome.succeeded(), "cannot restore after both: %s", outcome.output());
        Restored restored = examine(outcome, output);
        Finding.unless(chains.contains(restored.chain), "%s was not committed", restored);
        Finding.unless(
                restored.txid >= remembered.lastKey(), "%s is older than what was", restored);
        discard(restored);
    }

    /// Returns the transactions that can be restored: those of which the destination has a file at
    /// level 0, from its first base on.
    List<Long> points() throws IOException {
        List<Long> bases = lastTxids(9);
        long base = bases.isEmpty() ? Long.MAX_VALUE : bases.getFirst();
        return lastTxids(0).stream().filter(txid -> txid >= base).toList();
    }

    private List<Long> lastTxids(int level) throws IOException {
        Path directory = scene.place(destination).files(level);
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ltx"))
                    .map(name -> Long.parseLong(name.substring(17, 33), 16))
                    .sorted()
                    .toList();
        }
    }

    /// Checks that all that was ever restored is part of the database's histories.
    void judgeAgainst(Set<Long> chains) {
        for (long chain : seen) {
            Finding.unless(
                    chains.contains(chain),
                    "%s gave a transaction that was not committed, with chain %d",
                    Scene.name(destination),
                    chain);
        }
    }

    private Restored judge(Litestream.Outcome outcome, Path output) throws SQLException {
        Restored restored = examine(outcome, output);
        floor = scene.timeline.place(restored.seq, restored.chain, floor);
        Finding.unless(
                restored.txid >= floorTxid,
                "%s gave %s, but txid %x was durable",
                Scene.name(destination),
                restored,
                floorTxid);
        floorTxid = restored.txid;
        restorable = true;
        return restored;
    }

    private Restored examine(Litestream.Outcome outcome, Path output) throws SQLException {
        Matcher txid = TXID.matcher(outcome.output());
        Finding.unless(txid.find(), "restore says no txid: %s", outcome.output());
        Finding.unless(PROVEN.matcher(outcome.output()).find(), "not proven: %s", outcome.output());
        try (Connection connection = Sql.open(output)) {
            TreeMap<Long, Long> history = Ledger.verify(connection);
            Map.Entry<Long, Long> last =
                    history.isEmpty() ? Map.entry(0L, 0L) : history.lastEntry();
            seen.addAll(history.values());
            return new Restored(
                    output, Long.parseLong(txid.group(1), 16), last.getKey(), last.getValue());
        } catch (SQLException e) {
            throw new Finding("cannot read %s: %s".formatted(output, e.getMessage()), e);
        }
    }

    private Path output() {
        return scene.directory.resolve("restored-%d-%d.db".formatted(destination, restores++));
    }

    private Litestream.Outcome run(Path output, String... more)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("restore", "-json"));
        words.addAll(List.of("-integrity-check", "none"));
        words.addAll(List.of(more));
        words.addAll(List.of("-o", output.toString()));
        Place place = scene.place(destination);
        words.add(place.url());
        return Litestream.run(scene.directory, place.environment(), words.toArray(String[]::new));
    }

    private void discard(Restored restored) throws IOException {
        String name = restored.file.getFileName().toString();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(restored.file.resolveSibling(name + suffix));
        }
        Scene.deleteTree(restored.file.resolveSibling("." + name + "-litestream"));
    }

    /// Returns the newest transaction that the replicator has said to have uploaded here.
    private long uploaded() throws IOException {
        long newest = 0;
        if (Files.exists(scene.replicator.log())) {
            for (String line : Files.readAllLines(scene.replicator.log())) {
                Matcher matcher = UPLOADED.matcher(line);
                if (line.contains("replica=" + Scene.name(destination)) && matcher.find()) {
                    newest = Math.max(newest, Long.parseLong(matcher.group(1), 16));
                }
            }
        }
        return newest;
    }
}
