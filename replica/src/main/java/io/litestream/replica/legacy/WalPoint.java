package io.litestream.replica.legacy;

import java.time.Instant;
import java.util.Objects;

/// How far a generation is wanted back.
public sealed interface WalPoint {

    /// As far as it goes.
    record End() implements WalPoint {}

    /// To the end of this WAL.
    record OfIndex(WalIndex index) implements WalPoint {
        public OfIndex {
            Objects.requireNonNull(index);
        }
    }

    /// To the newest file that is not after this time.
    record OfTime(Instant time) implements WalPoint {
        public OfTime {
            Objects.requireNonNull(time);
        }
    }
}
