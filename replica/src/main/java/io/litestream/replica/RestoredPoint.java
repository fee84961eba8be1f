package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.WalIndex;

import java.util.Objects;
import java.util.Optional;

/// Where in a backup a restored state is.
public sealed interface RestoredPoint {

    /// After this transaction of the line.
    record OfLine(Txid last) implements RestoredPoint {
        public OfLine {
            Objects.requireNonNull(last);
        }
    }

    /// Up to an offset of a WAL, in a backup of Litestream 0.3.
    ///
    /// @param offset how many bytes of the WAL were applied
    record OfGeneration(Generation generation, WalIndex index, long offset)
            implements RestoredPoint {

        public OfGeneration {
            Objects.requireNonNull(generation);
            Objects.requireNonNull(index);
            if (offset < 0) {
                throw new IllegalArgumentException("offset in a WAL is " + offset);
            }
        }

        @Override
        public String toString() {
            return "%s/%s:%08x".formatted(generation, index, offset);
        }
    }

    /// Returns the transaction; a backup of Litestream 0.3 has none.
    default Optional<Txid> txid() {
        return switch (this) {
            case OfLine(Txid last) -> Optional.of(last);
            case OfGeneration _ -> Optional.empty();
        };
    }
}
