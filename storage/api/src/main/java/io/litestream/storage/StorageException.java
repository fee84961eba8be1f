package io.litestream.storage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/// A failed storage operation, classed by what the caller can do about it.
@SuppressWarnings("serial") // never serialized
public abstract sealed class StorageException extends IOException {

    private StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// There is no such object. The caller knows whether that is an error.
    public static final class NotFound extends StorageException {
        public NotFound(ObjectKey key) {
            super("no object " + key, null);
        }
    }

    /// The key holds another object. Stop: two replicators share one destination.
    public static final class Conflict extends StorageException {
        public Conflict(ObjectKey key) {
            super("object %s exists and holds other content".formatted(key), null);
        }
    }

    /// Refused for good, by credentials, permissions or settings. A person must act.
    public static final class Rejected extends StorageException {
        public Rejected(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// The credentials lack the right to this very call; others may be allowed. A person must act,
    /// or the caller does without. Where listing is denied, stores answer like this for an absent
    /// object, too: it may be that there is none.
    public static final class Denied extends StorageException {
        public Denied(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// No answer, or a refusal for now. Worth another attempt.
    public static final class Unavailable extends StorageException {

        private final Duration retryAfter;

        public Unavailable(String message, @Nullable Throwable cause) {
            this(message, cause, Duration.ZERO);
        }

        /// @param retryAfter how long the store asks to be left alone; zero if it did not say
        public Unavailable(String message, @Nullable Throwable cause, Duration retryAfter) {
            super(message, cause);
            this.retryAfter = retryAfter;
        }

        /// Returns how long the store asks to be left alone; zero if it did not say.
        public Duration retryAfter() {
            return retryAfter;
        }
    }
}
