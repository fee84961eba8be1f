package io.litestream.storage.testkit;

/// What not every object store can do. A store's contract test names what its store lacks.
public enum Capability {
    /// Keeps the time of creation that it is given, as `find` tells.
    KEEPS_CREATED,

    /// Tells that time in listings too, not the store's own.
    LISTS_CREATED,

    /// Keeps milliseconds, not only seconds.
    KEEPS_MILLISECONDS,

    /// Keeps an object whose key goes on from another object's, as `a/b` from `a`.
    KEEPS_KEYS_BELOW_KEYS
}
