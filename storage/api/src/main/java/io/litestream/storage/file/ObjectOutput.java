package io.litestream.storage.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// Passes writes on, and makes their failures the store's, so that what else an object's content
/// throws is known to be its own.
final class ObjectOutput extends OutputStream {

    private final OutputStream out;
    private final Path path;

    ObjectOutput(OutputStream out, Path path) {
        this.out = out;
        this.path = path;
    }

    @Override
    public void write(int b) throws IOException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw FileFailure.of("write", path, e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw FileFailure.of("write", path, e);
        }
    }
}
