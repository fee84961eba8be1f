package io.litestream.storage.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/// Writes to a channel through a buffer, which large writes bypass, and counts the bytes. The
/// channel's owner closes it; closing the stream only empties the buffer.
final class ChannelOutput extends OutputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    /// What the channel is given at once. It copies to memory outside the heap, which the thread
    /// then keeps.
    private static final int SLICE_BYTES = 1 << 18;

    private final FileChannel channel;
    private final Path path;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long size;

    /// @param path what a failure is said to be of
    ChannelOutput(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /// Returns the number of bytes written so far.
    long size() {
        return size;
    }

    @Override
    public void write(int b) throws IOException {
        if (buffered == buffer.length) {
            flush();
        }
        buffer[buffered++] = (byte) b;
        size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > buffer.length - buffered) {
            flush();
        }
        if (length >= buffer.length) {
            writeThrough(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, buffered, length);
            buffered += length;
        }
        size += length;
    }

    @Override
    public void flush() throws IOException {
        writeThrough(buffer, 0, buffered);
        buffered = 0;
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            flush();
        }
    }

    private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int from = offset; from < end; from += SLICE_BYTES) {
            ByteBuffer slice = ByteBuffer.wrap(bytes, from, Math.min(SLICE_BYTES, end - from));
            try {
                while (slice.hasRemaining()) {
                    channel.write(slice);
                }
            } catch (IOException e) {
                throw SystemReason.at(path, e);
            }
        }
    }
}
