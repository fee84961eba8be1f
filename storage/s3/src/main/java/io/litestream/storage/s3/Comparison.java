package io.litestream.storage.s3;

import io.litestream.storage.ObjectContent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/// Compares a content, as it is written, with a stream.
final class Comparison extends OutputStream {

    private static final int CHUNK_BYTES = 64 << 10;

    private final InputStream other;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private boolean differs;

    private Comparison(InputStream other) {
        this.other = other;
    }

    /// Tells whether a content is what a stream has, to its end.
    static boolean isEqual(ObjectContent content, InputStream other) throws IOException {
        Comparison comparison = new Comparison(other);
        try {
            content.writeTo(comparison);
        } catch (DiffersException | RuntimeException e) {
            if (comparison.differs) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            if (comparison.differs) {
                return false; // the content has told it in its own way
            }
            throw e;
        }
        return other.read() < 0;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += CHUNK_BYTES) {
            int some = Math.min(CHUNK_BYTES, length - at);
            int read = other.readNBytes(chunk, 0, some);
            int start = offset + at;
            if (read < some || !Arrays.equals(chunk, 0, some, from, start, start + some)) {
                differs = true;
                throw new DiffersException();
            }
        }
    }

    /// Ends the writing, as the rest does not matter.
    @SuppressWarnings("serial") // never serialized
    private static final class DiffersException extends IOException {}
}
