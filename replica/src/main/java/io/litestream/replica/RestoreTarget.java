package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.WalPoint;

import java.time.Instant;
import java.util.Objects;

/// Which state of a database is wanted back.
public sealed interface RestoreTarget {

    /// The newest state.
    record Latest() implements RestoreTarget {}

    /// The state after exactly this transaction.
    record AtTxid(Txid txid) implements RestoreTarget {
        public AtTxid {
            Objects.requireNonNull(txid);
        }
    }

    /// The newest state that can be had and that is not after this time.
    record AtTime(Instant time) implements RestoreTarget {
        public AtTime {
            Objects.requireNonNull(time);
        }
    }

    /// A state of a backup of Litestream 0.3.
    record InGeneration(Generation generation, WalPoint point) implements RestoreTarget {
        public InGeneration {
            Objects.requireNonNull(generation);
            Objects.requireNonNull(point);
        }
    }
}
