package io.litestream.replica;

/// What comes out of a verification.
public sealed interface Verdict {

    /// Everything that was looked at is as it should be.
    record Good() implements Verdict {}

    /// Something is wrong for certain.
    record Bad(String why) implements Verdict {}

    /// Nothing wrong was found, but what should have been compared could not be.
    record Inconclusive(String why) implements Verdict {}
}
