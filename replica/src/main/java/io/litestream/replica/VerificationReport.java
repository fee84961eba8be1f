package io.litestream.replica;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a verification of one replica did and found.
///
/// @param at when it began
/// @param point the point that was put together; none if that was not possible
/// @param damaged the files with damage, each with what is wrong with it
/// @param points what can be restored, as far as it was looked; none if the files are not known
/// @param files how many files were read
/// @param bytes how much was read of them
public record VerificationReport(
        String replica,
        VerificationScope scope,
        Verdict verdict,
        Instant at,
        Optional<VerifiedPoint> point,
        List<DamagedObject> damaged,
        Optional<RestorablePoints> points,
        long files,
        long bytes,
        Duration took) {

    /// An object that does not hold what it should.
    ///
    /// @param key its key below the replica's path
    public record DamagedObject(String key, String what) {
        public DamagedObject {
            Objects.requireNonNull(key);
            Objects.requireNonNull(what);
        }
    }

    public VerificationReport {
        Objects.requireNonNull(replica);
        Objects.requireNonNull(scope);
        Objects.requireNonNull(verdict);
        Objects.requireNonNull(at);
        damaged = List.copyOf(damaged);
        Objects.requireNonNull(took);
    }

    /// Says whether nothing is wrong.
    public boolean isGood() {
        return verdict instanceof Verdict.Good;
    }
}
