package io.litestream.crash;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// Some seconds in the life of a database, in which everything is killed; then what must be true.
///
/// The seed decides what is done, in which order; how it meets what the processes do at that moment
/// is up to the machine. So a failing round may need several runs to fail again.
final class Round implements AutoCloseable {

    private static final int OLDER_POINTS = 2;

    private final Random random;
    private final Figures figures;
    private final Scene scene;
    private final Rollback rollback;
    private final FileEvents file;
    private final List<Witness> witnesses = new ArrayList<>();

    /// @param only where to replicate to, if that is not to be drawn
    Round(
            Path directory,
            long seed,
            Optional<RoundSettings.Store> only,
            Bucket bucket,
            Figures figures)
            throws Exception {
        this.random = new Random(seed);
        this.figures = figures;
        RoundSettings settings = RoundSettings.draw(random, only);
        this.scene = new Scene(directory, settings, bucket, random, figures);
        this.rollback = new Rollback(scene, random, figures);
        this.file = new FileEvents(scene, random, figures);
        for (int i = 0; i < settings.destinations(); i++) {
            witnesses.add(new Witness(scene, i, figures));
        }
    }

    RoundSettings settings() {
        return scene.settings;
    }

    void run(long millis) throws Exception {
        scene.storm();
        if (scene.settings.replicatorFirst()) {
            scene.replicator.start();
            Thread.sleep(random.nextInt(1500));
        }
        scene.createDatabase();
        scene.startWriters();
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            scene.replicator.check();
            scene.reviveWriters();
            if (!scene.replicator.isRunning() && random.nextInt(3) > 0) {
                scene.replicator.start();
            }
            act();
            Thread.sleep(5 + random.nextInt(150));
        }
        switch (scene.settings.ending()) {
            case DURABLE -> {
                end();
                check();
            }
            case INTRUDED -> endIntruded();
        }
    }

    private void act() throws Exception {
        int what = random.nextInt(100);
        if (what < 8) {
            scene.killWriter();
        } else if (what < 14) {
            scene.stopWriterFor(random.nextInt(300));
        } else if (what < 22) {
            scene.plantPhantom();
        } else if (what < 32) {
            witnesses.get(random.nextInt(witnesses.size())).restoreMeanwhile();
        } else if (what < 35) {
            actOnTheFile();
        } else if (what < 41) {
            actOnHistory();
        } else if (!scene.replicator.isRunning()) {
            actWithoutReplicator(what);
        } else if (what < 46) {
            scene.replicator.kill();
        } else if (what < 51) {
            endReplicator();
        } else if (what < 58) {
            scene.replicator.stopFor(random.nextInt(800));
        } else if (what < 80 && scene.settings.upkeep() != RoundSettings.Upkeep.STANDARD) {
            witnesses.get(random.nextInt(witnesses.size())).restoreMeanwhile();
        }
    }

    private void actWithoutReplicator(int what) throws Exception {
        if (what < 54) {
            replicateOnce();
        } else if (what < 70) {
            scene.deleteState();
        } else if (what < 75) {
            scene.age(3);
        }
    }

    private void actOnTheFile() throws Exception {
        scene.endWriters();
        file.happen(rollback);
        scene.startWriters();
    }

    /// Goes back, in one of the ways that people have, while nothing runs.
    private void actOnHistory() throws Exception {
        scene.endWriters();
        if (scene.replicator.isRunning()) {
            if (random.nextBoolean()) {
                scene.replicator.kill();
            } else {
                endReplicator();
            }
        }
        Witness witness = witnesses.get(random.nextInt(witnesses.size()));
        switch (random.nextInt(4)) {
            case 0 -> rollback.save();
            case 1 -> rollback.revertState();
            case 2 -> rollback.revertAll();
            default -> rollback.restoreInPlace(witness);
        }
        scene.startWriters();
    }

    private boolean endReplicator() throws Exception {
        long before = lastAcknowledged();
        boolean ended = scene.replicator.end();
        if (ended) {
            witnesses.forEach(witness -> witness.mustHold(before));
        }
        return ended;
    }

    private void replicateOnce() throws Exception {
        long before = lastAcknowledged();
        scene.replicator.once();
        witnesses.forEach(witness -> witness.mustHold(before));
    }

    private long lastAcknowledged() throws Exception {
        Map<Long, Long> commits = scene.acknowledged();
        return commits.isEmpty() ? 0 : ((TreeMap<Long, Long>) commits).lastKey();
    }

    /// Brings everything to a clean end, in one of several ways.
    private void end() throws Exception {
        scene.calm();
        if (random.nextBoolean()) {
            scene.endWriters();
        } else {
            scene.killWriters();
        }
        if (scene.replicator.isRunning() && random.nextInt(3) == 0) {
            scene.replicator.kill();
        }
        if (!scene.replicator.isRunning() && random.nextBoolean()) {
            scene.replicator.start();
            Thread.sleep(random.nextInt(500));
        }
        if (scene.replicator.isRunning() && endReplicator()) {
            return;
        }
        replicateOnce();
    }

    /// Makes everything durable, goes on, and lets another one come.
    private void endIntruded() throws Exception {
        scene.calm();
        scene.reviveWriters();
        if (scene.replicator.isRunning()) {
            endReplicator();
        }
        replicateOnce();
        scene.replicator.start();
        new Intruder(scene, witnesses, random, figures).come();
    }

    private void check() throws Exception {
        scene.calm();
        TreeMap<Long, Long> history = scene.settle();
        figures.add("commits", history.size());
        scene.checkAcknowledged(history);
        for (Witness witness : witnesses) {
            witness.restoreFinally();
            witness.restoreOlder(somePoints(witness.points()));
            witness.judgeAgainst(scene.timeline.chains(history));
        }
    }

    private List<Long> somePoints(List<Long> all) {
        return all.isEmpty()
                ? all
                : random.ints(0, all.size())
                        .limit(OLDER_POINTS)
                        .sorted()
                        .mapToObj(all::get)
                        .toList();
    }

    @Override
    public void close() {
        scene.close();
    }
}
