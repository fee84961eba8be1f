package io.litestream.storage.testkit;

/// What the credentials of a [RestrictedObjectStore] may do besides storing objects.
public enum Right {
    READ,
    LIST,
    DELETE
}
