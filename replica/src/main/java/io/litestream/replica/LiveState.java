package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import java.util.Objects;

/// What is known of the live database, to which a replica is compared.
public sealed interface LiveState {

    /// At this transaction of its line, its pages, as they were read, have this checksum.
    record At(Txid txid, Checksum checksum) implements LiveState {
        public At {
            Objects.requireNonNull(txid);
            Objects.requireNonNull(checksum);
        }
    }

    /// There is one, but which transaction of the line it is at could not be told. So there is
    /// nothing to compare with, which is told as the outcome.
    record Unknown(String why) implements LiveState {}

    /// None is at hand, or it was not asked for. The replica alone is looked at.
    record Absent(String why) implements LiveState {}
}
