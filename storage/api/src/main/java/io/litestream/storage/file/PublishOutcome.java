package io.litestream.storage.file;

/// What came of publishing a file under a name that must be free.
public enum PublishOutcome {
    /// The file is there, whole and durable, and this call put it there.
    CREATED,

    /// The name was taken. What it names is as it was.
    EXISTS
}
