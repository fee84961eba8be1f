package io.litestream.cli.command;

import io.litestream.cli.config.ReplicaPlace;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.storage.file.FileObjectStore;

/// Opens destinations. The one place that knows which kind of storage has which back end.
final class Replicas {

    private Replicas() {}

    /// Returns the replica at a place, called by this name in messages.
    static Replica open(String name, ReplicaPlace place) {
        return switch (place) {
            case ReplicaPlace.Directory(var path) ->
                    new Replica(name, new FileObjectStore(path), KeyLayout.PLAIN);
        };
    }
}
