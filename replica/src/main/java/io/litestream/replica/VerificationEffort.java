package io.litestream.replica;

import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// How much a verification may take of a machine and of a store, and when it gives up.
///
/// @param parallelism how many reads from the store there may be at once
/// @param bytesPerSecond how much it reads on average, in bytes a second
/// @param cancelled says whether it is to end; asked often, by any thread
public record VerificationEffort(int parallelism, long bytesPerSecond, BooleanSupplier cancelled) {

    /// As fast as it goes.
    public static final VerificationEffort FULL =
            new VerificationEffort(RestoreRequest.DEFAULT_PARALLELISM, Long.MAX_VALUE, () -> false);

    public VerificationEffort {
        Objects.requireNonNull(cancelled);
        if (parallelism < 1) {
            throw new IllegalArgumentException("parallelism must be positive: " + parallelism);
        }
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("no verification reads " + bytesPerSecond + " B/s");
        }
    }

    /// @throws InterruptedIOException if it is to end
    void check() throws InterruptedIOException {
        if (cancelled.getAsBoolean()) {
            throw new InterruptedIOException("the verification was called off");
        }
    }
}
