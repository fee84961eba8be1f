package io.litestream.engine;

import java.util.Optional;

/// What becomes of a database that is not in WAL mode.
public enum JournalMode {
    /// It is switched to WAL mode, or kept as it is on a network file system.
    AUTO,
    /// It is switched to WAL mode. What is committed is read from the WAL.
    WAL,
    /// It stays as it is, for those who share it over a network, where WAL mode does not work. It
    /// is read whole and compared whenever it changed.
    KEEP;

    /// Says whether a database stays as it is.
    ///
    /// @param network the type of the network file system that it lies on, if it does
    public boolean keeps(Optional<String> network) {
        return switch (this) {
            case AUTO -> network.isPresent();
            case WAL -> false;
            case KEEP -> true;
        };
    }
}
