package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import java.time.Instant;
import java.util.Objects;

/// A point that was put together from a replica, and what it turned out to be.
///
/// @param time when it was captured
/// @param proof whether the replica itself says that it is what was captured
/// @param live whether the live database was the same then
public record VerifiedPoint(
        Txid txid, Instant time, Checksum checksum, Proof proof, Comparison live) {

    /// How a point and the live database compare.
    public enum Comparison {
        /// The same at the same transaction.
        EQUAL("equal"),
        /// Different at the same transaction.
        DIFFERENT("different"),
        /// Not compared.
        NONE("not compared");

        private final String text;

        Comparison(String text) {
            this.text = text;
        }

        /// Returns the words that stand for it in what is printed and stored.
        @Override
        public String toString() {
            return text;
        }
    }

    public VerifiedPoint {
        Objects.requireNonNull(txid);
        Objects.requireNonNull(time);
        Objects.requireNonNull(checksum);
        Objects.requireNonNull(proof);
        Objects.requireNonNull(live);
    }
}
