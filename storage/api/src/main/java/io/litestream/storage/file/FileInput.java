package io.litestream.storage.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// Reads a part of a file, and closes it.
final class FileInput extends InputStream {

    /// What the channel is asked for at once. It copies from memory outside the heap, which the
    /// thread then keeps.
    private static final int SLICE_BYTES = 1 << 18;

    private final FileChannel channel;
    private long remaining;

    FileInput(FileChannel channel, long offset, long length) throws IOException {
        this.channel = channel;
        this.remaining = length;
        channel.position(offset);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int wanted = (int) Math.min(remaining, Math.min(length, SLICE_BYTES));
        int read = channel.read(ByteBuffer.wrap(bytes, offset, wanted));
        remaining -= Math.max(read, 0);
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long left = Math.min(remaining, Math.max(channel.size() - channel.position(), 0));
        long skipped = Math.clamp(bytes, 0, left);
        channel.position(channel.position() + skipped);
        remaining -= skipped;
        return skipped;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
