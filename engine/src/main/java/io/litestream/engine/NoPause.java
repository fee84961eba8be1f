package io.litestream.engine;

import java.io.IOException;

/// A database is committed to more often than it can be read as a whole. It is to be tried again
/// later; nothing is wrong with it.
@SuppressWarnings("serial") // never serialized
final class NoPause extends IOException {

    NoPause(String message) {
        super(message);
    }
}
