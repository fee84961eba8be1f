package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;

/// Is told how a restore comes along. Called on the thread that restores; it must not block.
public interface RestoreProgress {

    /// Tells nobody.
    RestoreProgress NONE = (_, _) -> {};

    /// `readBytes` of the plan's `totalBytes` were read and applied. If damage was found, the count
    /// begins again with another plan.
    void read(long readBytes, long totalBytes);

    /// A damaged file was found, and is passed over if others hold the same.
    default void damaged(CorruptFileException damage) {}
}
