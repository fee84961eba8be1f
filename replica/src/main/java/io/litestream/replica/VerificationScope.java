package io.litestream.replica;

/// How much of a replica is looked at.
public enum VerificationScope {
    /// The newest point: the files that a restore of it reads.
    NEWEST("newest"),
    /// The newest point, every other file, and whether every point has a plan.
    DEEP("deep");

    private final String text;

    VerificationScope(String text) {
        this.text = text;
    }

    /// Returns the word that stands for it in what is printed and stored.
    @Override
    public String toString() {
        return text;
    }
}
