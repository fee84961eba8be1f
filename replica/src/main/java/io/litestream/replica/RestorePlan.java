package io.litestream.replica;

import io.litestream.replica.legacy.LegacyPlanResult;

import java.time.Instant;
import java.util.Objects;

/// The files that a restore would read.
public sealed interface RestorePlan {

    /// LTX files.
    ///
    /// @param time of the newest of them
    record OfLine(PlanResult.Plan plan, Instant time) implements RestorePlan {
        public OfLine {
            Objects.requireNonNull(plan);
            Objects.requireNonNull(time);
        }
    }

    /// Files of Litestream 0.3.
    record OfGeneration(LegacyPlanResult.Plan plan) implements RestorePlan {
        public OfGeneration {
            Objects.requireNonNull(plan);
        }

        @Override
        public Instant time() {
            return plan.time();
        }
    }

    /// Returns when the state was captured, as far as is known before anything is read.
    Instant time();
}
