package io.litestream.storage.testkit;

/// The kinds of calls to an object store.
public enum Operation {
    CREATE,
    REPLACE,
    OPEN,
    FIND,
    LIST,
    DELETE
}
