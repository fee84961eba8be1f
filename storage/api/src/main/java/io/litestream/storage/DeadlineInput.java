package io.litestream.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// A stream whose reads end. After one that was given up it is of no more use.
final class DeadlineInput extends InputStream {

    private static final int CAPACITY = 64 * 1024;

    private final DeadlineObjectStore calls;
    private final ObjectKey key;
    private final InputStream in;
    private final byte[] buffer = new byte[CAPACITY];
    private boolean unusable;

    DeadlineInput(DeadlineObjectStore calls, ObjectKey key, InputStream in) {
        this.calls = calls;
        this.key = key;
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (unusable) {
            throw new IOException("a read of %s was given up".formatted(key));
        }
        int most = Math.min(length, buffer.length);
        unusable = true; // until it has come back
        int read = calls.call("read of " + key, _ -> readSome(most), _ -> closeQuietly());
        unusable = false;
        System.arraycopy(buffer, 0, into, offset, Math.max(0, read));
        return read;
    }

    /// Closes the stream if that fails: nobody else may know when it has ended.
    private int readSome(int most) throws IOException {
        try {
            return in.read(buffer, 0, most);
        } catch (IOException | RuntimeException e) {
            closeQuietly();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (unusable) {
            return; // the read that failed or hangs closes it
        }
        unusable = true;
        calls.call(
                "end of reading " + key,
                _ -> {
                    in.close();
                    return key;
                },
                _ -> {});
    }

    private void closeQuietly() {
        try {
            in.close();
        } catch (IOException e) {
            // nobody reads it any more
        }
    }
}
