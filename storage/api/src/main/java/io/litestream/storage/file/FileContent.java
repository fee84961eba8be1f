package io.litestream.storage.file;

import java.io.IOException;
import java.io.OutputStream;

/// What a file that is being published will hold.
@FunctionalInterface
public interface FileContent {

    /// Writes all bytes. The stream is buffered; it need not be flushed or closed.
    ///
    /// @throws IOException to give up: then no file comes to be
    void writeTo(OutputStream out) throws IOException;
}
