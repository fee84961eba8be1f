package io.litestream.replica.retention;

import io.litestream.storage.ObjectKey;

import java.io.IOException;

/// A store said that it had deleted an object, and has it still. Objects may be locked there, or be
/// kept by a policy of the bucket.
@SuppressWarnings("serial") // never serialized
public final class DeletionIgnoredException extends IOException {

    DeletionIgnoredException(ObjectKey key) {
        super(
                "%s is still there after the store said that it was deleted; does it keep objects locked?"
                        .formatted(key));
    }
}
