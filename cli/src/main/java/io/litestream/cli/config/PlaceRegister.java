package io.litestream.cli.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Sees to it that no place of the configuration has two purposes.
final class PlaceRegister {

    private final Map<Object, Use> databases = new HashMap<>();
    private final Map<Object, Use> states = new HashMap<>();
    private final Map<Object, Use> replicas = new HashMap<>();

    void addDatabase(Path path, Path metaPath, Location at) throws ConfigurationException {
        add(databases, path, "database", at);
        add(states, metaPath, "meta-path", at);
    }

    void addReplica(ReplicaPlace place, Location at) throws ConfigurationException {
        switch (place) {
            case ReplicaPlace.Directory(Path path) -> add(replicas, path, "replica", at);
            case ReplicaPlace.S3 s3 -> add(replicas, s3.identity(), s3.toString(), "replica", at);
        }
    }

    private static void add(Map<Object, Use> uses, Path path, String what, Location at)
            throws ConfigurationException {
        add(uses, UserPaths.identity(path), path.toString(), what, at);
    }

    private static void add(
            Map<Object, Use> uses, Object identity, String name, String what, Location at)
            throws ConfigurationException {
        Use first = uses.putIfAbsent(identity, new Use(name, at));
        if (first != null) {
            String same =
                    first.name.equals(name)
                            ? "is given"
                            : "is the same place as %s, which is given".formatted(first.name);
            throw at.error(
                    "%s %s %s in line %d already; each must be another one"
                            .formatted(what, name, same, first.at.line()));
        }
    }

    private record Use(String name, Location at) {}
}
