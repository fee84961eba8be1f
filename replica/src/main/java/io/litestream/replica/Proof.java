package io.litestream.replica;

/// Whether what was restored is known to be what was committed.
public sealed interface Proof {

    /// The checksum of the whole database is the one that was noted when it was captured.
    record Proven() implements Proof {}

    /// Every file was sound, but there is nothing to compare the whole with.
    record Unproven(String why) implements Proof {}
}
