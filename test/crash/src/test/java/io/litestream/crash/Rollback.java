package io.litestream.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// What goes back in time, while nothing runs: the database, the local state, or both.
final class Rollback {

    private final Scene scene;
    private final Random random;
    private final Figures figures;
    private final Path saved;
    private TreeMap<Long, Long> savedHistory = new TreeMap<>();

    Rollback(Scene scene, Random random, Figures figures) {
        this.scene = scene;
        this.random = random;
        this.figures = figures;
        this.saved = scene.directory.resolve("saved");
    }

    /// Keeps a copy of the database and of the local state, as a snapshot of a machine does.
    void save() throws Exception {
        savedHistory = scene.settle();
        Scene.deleteTree(saved);
        Scene.copyTree(live(), saved);
    }

    boolean hasSaved() {
        return Files.exists(savedDatabase());
    }

    /// Returns the file that was kept; its WAL is empty.
    Path savedDatabase() {
        return saved.resolve(scene.database.getFileName());
    }

    TreeMap<Long, Long> savedHistory() {
        return savedHistory;
    }

    /// Puts the local state back that was kept, beside the database of today.
    void revertState() throws Exception {
        Path state = saved.resolve(scene.stateDirectory().getFileName());
        if (!Files.exists(state)) {
            save();
        } else {
            Scene.deleteTree(scene.stateDirectory());
            Scene.copyTree(state, scene.stateDirectory());
            figures.count("local states put back");
        }
    }

    /// Puts everything back that was kept, as a person does with the snapshot of a machine.
    void revertAll() throws Exception {
        if (!Files.exists(saved)) {
            save();
        } else {
            TreeMap<Long, Long> before = end();
            Scene.deleteTree(live());
            Scene.copyTree(saved, live());
            scene.timeline.goBack(before, savedHistory);
            figures.count("machines put back");
        }
    }

    /// Restores an older point in place of the database.
    void restoreInPlace(Witness witness) throws Exception {
        List<Long> points = witness.points();
        if (points.isEmpty()) {
            return;
        }
        TreeMap<Long, Long> before = end();
        witness.restoreInPlace(points.get(random.nextInt(points.size())));
        if (random.nextInt(3) == 0) {
            scene.deleteState();
        }
        scene.timeline.goBack(before, scene.settle());
    }

    private TreeMap<Long, Long> end() throws Exception {
        TreeMap<Long, Long> history = scene.settle();
        scene.checkAcknowledged(history);
        scene.forgetAcknowledged();
        return history;
    }

    private Path live() {
        return scene.database.getParent();
    }
}
