package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectContent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/// A content of any size that a seed determines, written and compared in bounded memory.
public final class PatternContent implements ObjectContent {

    private static final int CHUNK_BYTES = 1 << 16;

    private final long seed;
    private final long size;
    private final int lastByteXor;

    /// Creates the content of this many bytes, the same for the same seed.
    public PatternContent(long seed, long size) {
        this(seed, size, 0);
    }

    private PatternContent(long seed, long size, int lastByteXor) {
        this.seed = seed;
        this.size = size;
        this.lastByteXor = lastByteXor;
    }

    /// Returns the same content, but for the last byte.
    public PatternContent changed() {
        return new PatternContent(seed, size, lastByteXor ^ 1);
    }

    /// Returns the number of bytes.
    public long size() {
        return size;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        byte[] chunk = firstChunk();
        for (long at = 0; at < size; at += CHUNK_BYTES) {
            int length = fill(chunk, at);
            out.write(chunk, 0, length);
        }
    }

    /// Fails unless the stream holds exactly this content.
    public void assertSame(InputStream in) throws IOException {
        byte[] chunk = firstChunk();
        for (long at = 0; at < size; at += CHUNK_BYTES) {
            int length = fill(chunk, at);
            byte[] read = in.readNBytes(length);
            assertThat(read.length).as("bytes from %d of %d", at, size).isEqualTo(length);
            if (Arrays.mismatch(read, 0, length, chunk, 0, length) >= 0) {
                throw new AssertionError(
                        "content differs between %d and %d".formatted(at, at + length));
            }
        }
        assertThat(in.read()).as("end after %d bytes", size).isNegative();
    }

    private byte[] firstChunk() {
        byte[] chunk = new byte[CHUNK_BYTES];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    /// Makes one chunk differ from every other by its place, and returns its length.
    private int fill(byte[] chunk, long at) {
        for (int i = 0; i < Long.BYTES; i++) {
            chunk[i] = (byte) (at >>> (8 * i));
        }
        int length = (int) Math.min(CHUNK_BYTES, size - at);
        if (at + length == size) {
            chunk[length - 1] ^= (byte) lastByteXor;
        }
        return length;
    }
}
