package io.litestream.storage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

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

    /// No answer, or a refusal for now. Worth another attempt.
    public static final class Unavailable extends StorageException {
        public Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
