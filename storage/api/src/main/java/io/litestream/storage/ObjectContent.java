package io.litestream.storage;

import java.io.IOException;
import java.io.OutputStream;

/// The bytes of an object that is being created. It can be asked for more than once, and writes the
/// same each time.
@FunctionalInterface
public interface ObjectContent {

    /// Writes all bytes. It neither flushes nor closes the stream.
    ///
    /// @throws IOException if the bytes cannot be had, or the stream refuses them; then no object
    ///   comes to be
    void writeTo(OutputStream out) throws IOException;
}
