package io.litestream.ltx;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// The bytes of a file from front to back, through a buffer. It knows where in the file it is, so
/// that damage can be reported with its place.
///
/// An end of the file where bytes were wanted is a [CorruptFileException]; an error of the stream
/// passes unchanged.
final class FileInput implements Closeable {

    static final int CAPACITY = 64 * 1024;

    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 1 << VARINT_BITS;
    private static final VarHandle U16 = big(short[].class);
    private static final VarHandle U32 = big(int[].class);
    private static final VarHandle U64 = big(long[].class);

    private final String name;
    private final @Nullable InputStream stream;
    private byte[] buffer;
    private int position;
    private int limit;
    private long bufferOffset;

    /// Reads a stream, whose first byte is at this offset of the file.
    FileInput(InputStream stream, String name, long offset) {
        this(stream, name, offset, CAPACITY);
    }

    /// Reads a stream through a buffer of that size, which grows if more is wanted at once.
    FileInput(InputStream stream, String name, long offset, int capacity) {
        this.stream = stream;
        this.name = name;
        this.buffer = new byte[capacity];
        this.bufferOffset = offset;
    }

    /// Reads part of an array, which is left as it is.
    FileInput(byte[] bytes, int from, int length, String name, long offset) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        this.stream = null;
        this.name = name;
        this.buffer = bytes;
        this.position = from;
        this.limit = from + length;
        this.bufferOffset = offset - from;
    }

    /// Returns the size of the buffer.
    int capacity() {
        return buffer.length;
    }

    /// Returns where in the file the next byte is.
    long offset() {
        return bufferOffset + position;
    }

    /// Makes so many bytes available in [#array()], from [#position()] on.
    void require(int count) throws IOException {
        while (limit - position < count) {
            if (!fill(count)) {
                throw new CorruptFileException(
                        name,
                        bufferOffset + limit,
                        count + " bytes at offset " + offset(),
                        "the end of the file");
            }
        }
    }

    /// Makes from one to `max` bytes available, and returns how many.
    int requireSome(long max) throws IOException {
        require(1);
        return (int) Math.min(max, limit - position);
    }

    boolean atEnd() throws IOException {
        return position == limit && !fill(1);
    }

    /// The array with the available bytes, until more are made available.
    byte[] array() {
        return buffer;
    }

    int position() {
        return position;
    }

    void skip(int count) {
        position += count;
    }

    /// Returns the available 16 bits so far ahead.
    int peekU16(int ahead) {
        return Short.toUnsignedInt((short) U16.get(buffer, position + ahead));
    }

    /// Returns the available 32 bits so far ahead.
    long peekU32(int ahead) {
        return Integer.toUnsignedLong((int) U32.get(buffer, position + ahead));
    }

    int takeByte() throws IOException {
        require(1);
        return buffer[position++] & 0xFF;
    }

    /// Reads 32 bits, the lowest byte first.
    long takeLittleU32() throws IOException {
        require(Integer.BYTES);
        int bits = Integer.reverseBytes((int) U32.get(buffer, position));
        position += Integer.BYTES;
        return Integer.toUnsignedLong(bits);
    }

    long takeU64() throws IOException {
        require(Long.BYTES);
        long bits = (long) U64.get(buffer, position);
        position += Long.BYTES;
        return bits;
    }

    /// Reads a number of up to 63 bits in groups of 7, the lowest first, with a bit in each byte
    /// that says whether more follow.
    long takeVarint() throws IOException {
        long start = offset();
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += VARINT_BITS) {
            int part = takeByte();
            value |= (long) (part & (VARINT_MORE - 1)) << shift;
            if (part < VARINT_MORE) {
                return value;
            }
        }
        throw new CorruptFileException(name, start, "a varint of up to 63 bits", "a longer one");
    }

    CorruptFileException damaged(long offset, String expected, Object found) {
        return new CorruptFileException(name, offset, expected, found.toString());
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }

    private boolean fill(int count) throws IOException {
        if (stream == null) {
            return false;
        }
        if (position == limit || buffer.length - position < count) {
            makeRoom(count);
        }
        int read = stream.read(buffer, limit, buffer.length - limit);
        limit += Math.max(read, 0);
        return read >= 0;
    }

    private void makeRoom(int count) {
        byte[] target = count > buffer.length ? new byte[count] : buffer;
        System.arraycopy(buffer, position, target, 0, limit - position);
        bufferOffset += position;
        limit -= position;
        position = 0;
        buffer = target;
    }

    private static VarHandle big(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.BIG_ENDIAN);
    }
}
