package io.litestream.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The bytes of a WAL in a test's hands: they can be damaged, extended, and checksummed anew in
/// either byte order. Written apart from the code under test, after SQLite's specification.
final class WalBytes {

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;

    private final ByteBuffer bytes;

    private WalBytes(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    static WalBytes read(Path wal) throws IOException {
        return new WalBytes(Files.readAllBytes(wal));
    }

    byte[] array() {
        return bytes.array();
    }

    int pageSize() {
        return bytes.getInt(8);
    }

    int frameSize() {
        return FRAME_HEADER + pageSize();
    }

    int frames() {
        return (bytes.capacity() - HEADER) / frameSize();
    }

    int offset(int frame) {
        return HEADER + frame * frameSize();
    }

    long page(int frame) {
        return Integer.toUnsignedLong(bytes.getInt(offset(frame)));
    }

    long commit(int frame) {
        return Integer.toUnsignedLong(bytes.getInt(offset(frame) + 4));
    }

    byte[] image(int frame) {
        int start = offset(frame) + FRAME_HEADER;
        return Arrays.copyOfRange(bytes.array(), start, start + pageSize());
    }

    /// Returns the first frames alone.
    WalBytes first(int frames) {
        return new WalBytes(Arrays.copyOf(bytes.array(), offset(frames)));
    }

    WalBytes with(int offset, int xor) {
        byte[] copy = bytes.array().clone();
        copy[offset] ^= (byte) xor;
        return new WalBytes(copy);
    }

    /// Returns this WAL without the salts and the checksum of a frame.
    WalBytes cleared(int frame) {
        WalBytes copy = new WalBytes(bytes.array().clone());
        copy.bytes.putLong(offset(frame) + 8, 0).putLong(offset(frame) + 16, 0);
        return copy;
    }

    /// Returns this WAL with one more frame, which changes `page` and commits.
    WalBytes plus(int page, int commit, byte[] image) {
        byte[] longer = Arrays.copyOf(bytes.array(), bytes.capacity() + frameSize());
        ByteBuffer frame = ByteBuffer.wrap(longer).position(bytes.capacity());
        frame.putInt(page).putInt(commit).putInt(bytes.getInt(16)).putInt(bytes.getInt(20));
        frame.putLong(0).put(image);
        return new WalBytes(longer).checksummed(order());
    }

    private ByteOrder order() {
        return bytes.getInt(0) == 0x377f0683 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /// Returns this WAL with all checksums computed in the given byte order.
    WalBytes checksummed(ByteOrder order) {
        WalBytes copy = new WalBytes(bytes.array().clone());
        copy.bytes.putInt(0, order == ByteOrder.BIG_ENDIAN ? 0x377f0683 : 0x377f0682);
        int[] sum = copy.sum(new int[2], 0, 24, order);
        copy.bytes.putInt(24, sum[0]).putInt(28, sum[1]);
        for (int i = 0; i < frames(); i++) {
            sum = copy.sum(sum, offset(i), 8, order);
            sum = copy.sum(sum, offset(i) + FRAME_HEADER, pageSize(), order);
            copy.bytes.putInt(offset(i) + 16, sum[0]).putInt(offset(i) + 20, sum[1]);
        }
        return copy;
    }

    private int[] sum(int[] before, int from, int length, ByteOrder order) {
        int[] sum = before.clone();
        ByteBuffer words = bytes.duplicate().order(order);
        for (int at = from; at < from + length; at += 8) {
            sum[0] += words.getInt(at) + sum[1];
            sum[1] += words.getInt(at + 4) + sum[0];
        }
        return sum;
    }

    WalHeader header() {
        return WalHeader.parse(bytes.array()).orElseThrow();
    }

    Path write(Path path) throws IOException {
        return Files.write(path, bytes.array());
    }
}
