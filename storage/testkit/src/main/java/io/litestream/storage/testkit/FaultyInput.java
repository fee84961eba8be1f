package io.litestream.storage.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Passes a stream on up to some byte, and may change one on the way.
final class FaultyInput extends FilterInputStream {

    /// What happens at the last byte.
    enum End {
        ENDS,
        BREAKS
    }

    private final long limit;
    private final End end;
    private final long corruptAt;
    private long position;

    /// `limit` and `corruptAt` count from the first byte of the stream; a `corruptAt` that the
    /// stream does not reach changes nothing.
    FaultyInput(InputStream in, long limit, End end, long corruptAt) {
        super(in);
        this.limit = limit;
        this.end = end;
        this.corruptAt = corruptAt;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0 && position >= limit) {
            return atLimit();
        }
        int read = super.read(bytes, offset, (int) Math.min(length, limit - position));
        if (read > 0) {
            if (position <= corruptAt && corruptAt < position + read) {
                bytes[offset + (int) (corruptAt - position)] ^= 1;
            }
            position += read;
        }
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        return bytes <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(bytes, 1 << 13)]));
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private int atLimit() throws IOException {
        return switch (end) {
            case ENDS -> -1;
            case BREAKS ->
                    throw new IOException("broken after %d bytes (injected)".formatted(position));
        };
    }
}
