package io.litestream.cli.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Sees to it that no file and no directory of the configuration has two purposes.
final class PlaceRegister {

    private final Map<Path, Use> databases = new HashMap<>();
    private final Map<Path, Use> states = new HashMap<>();
    private final Map<Path, Use> replicas = new HashMap<>();

    void addDatabase(Path path, Path metaPath, Location at) throws ConfigurationException {
        add(databases, path, "database", at);
        add(states, metaPath, "meta-path", at);
    }

    void addReplica(ReplicaPlace place, Location at) throws ConfigurationException {
        switch (place) {
            case ReplicaPlace.Directory(Path path) -> add(replicas, path, "replica", at);
        }
    }

    private static void add(Map<Path, Use> uses, Path path, String what, Location at)
            throws ConfigurationException {
        Use first = uses.putIfAbsent(UserPaths.identity(path), new Use(path, at));
        if (first != null) {
            String same =
                    first.path.equals(path)
                            ? "is given"
                            : "is the same place as %s, which is given".formatted(first.path);
            throw at.error(
                    "%s %s %s in line %d already; each must be another one"
                            .formatted(what, path, same, first.at.line()));
        }
    }

    private record Use(Path path, Location at) {}
}
