package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The damaged files that a restore has met so far, and what is wrong with each.
final class Damage {

    private final Map<ReplicaFile, CorruptFileException> found = new LinkedHashMap<>();

    void add(ReplicaFile file, CorruptFileException what) {
        found.putIfAbsent(file, what);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    Set<ReplicaFile> files() {
        return found.keySet();
    }

    List<String> names() {
        return found.values().stream().map(CorruptFileException::file).toList();
    }

    /// Returns the inventory without the damaged files.
    Inventory soundOf(Inventory inventory) {
        Inventory sound = inventory;
        for (ReplicaFile file : found.keySet()) {
            sound = sound.without(file);
        }
        return sound;
    }

    /// Says that the damage cannot be passed over.
    RestoreException.Damaged failure(String replica) {
        String each =
                found.values().stream()
                        .map(CorruptFileException::getMessage)
                        .collect(Collectors.joining("; "));
        return new RestoreException.Damaged(
                names(),
                "cannot restore from %s, as no other file holds the same: %s"
                        .formatted(replica, each));
    }
}
