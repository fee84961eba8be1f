package io.litestream.engine;

/// Where a database stands.
public enum DatabaseState {
    /// There is no file yet, or an empty one; or its first look has not come.
    OPENING,
    /// Its commits are captured as they come.
    LIVE,
    /// Nothing was written for a while: no connection, no open file.
    RESTING,
    /// It cannot be replicated now. The reason is in the event; it is tried again.
    DEGRADED,
    /// No longer looked at.
    CLOSED
}
