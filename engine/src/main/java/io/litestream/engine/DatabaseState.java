package io.litestream.engine;

/// Where a database stands.
public enum DatabaseState {
    /// There is no file yet, or an empty one; or its first look has not come.
    OPENING,
    /// Its commits are captured as they come.
    LIVE,
    /// It is compared with what was published, since it could not be proven that nothing was
    /// missed.
    CATCHING_UP,
    /// Nothing was written for a while: no connection, no open file.
    RESTING,
    /// It cannot be replicated now; the reason is in the event.
    DEGRADED,
    /// No longer looked at.
    CLOSED
}
