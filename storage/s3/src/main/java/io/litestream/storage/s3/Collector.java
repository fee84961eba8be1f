package io.litestream.storage.s3;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/// Collects what an object shall hold: up to a part in memory, and what is more in parts, from the
/// first that is full on.
final class Collector extends OutputStream {

    private static final int FIRST_BYTES = 64 << 10;

    private final int partSize;
    private final Beginning beginning;
    private byte[] buffer;
    private int length;
    private @Nullable Multipart multipart;
    private @Nullable IOException failure;

    Collector(int partSize, Beginning beginning) {
        this.partSize = partSize;
        this.beginning = beginning;
        this.buffer = new byte[Math.min(FIRST_BYTES, partSize)];
    }

    /// Begins an upload in parts.
    @FunctionalInterface
    interface Beginning {
        Multipart begin() throws IOException;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, from.length);
        int at = offset;
        int end = offset + count;
        while (at < end) {
            if (length == partSize) {
                pass();
            }
            grow(end - at);
            int some = Math.min(end - at, buffer.length - length);
            System.arraycopy(from, at, buffer, length, some);
            length += some;
            at += some;
        }
    }

    /// Returns what is collected and not yet in a part.
    Buffer rest() {
        return new Buffer(buffer, length);
    }

    /// Returns the upload in parts, or null if all fits in one.
    @Nullable Multipart multipart() {
        return multipart;
    }

    /// Returns why the store took no more, or null if it took all.
    @Nullable IOException failure() {
        return failure;
    }

    /// Gives up the parts, unless they were completed.
    void abandon() {
        if (multipart != null) {
            multipart.close();
        }
    }

    private void pass() throws IOException {
        try {
            Multipart begun = multipart;
            if (begun == null) {
                begun = beginning.begin();
                multipart = begun;
            }
            buffer = begun.exchange(buffer);
            length = 0;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void grow(int wanted) {
        if (length == buffer.length && length < partSize) {
            long larger = Math.max(2L * length, (long) length + wanted);
            buffer = Arrays.copyOf(buffer, (int) Math.min(larger, partSize));
        }
    }
}
