package io.litestream.replica.state;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.litestream.ltx.PageHash;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// One block of a [PageHashTable]: the hashes of 511 neighbouring pages, and a checksum. Blocks are
/// numbered from 1; block `b` holds the pages from `511 * (b - 1) + 1`. Big-endian.
///
/// | Offset | Size | Field    | Meaning                                                          |
/// |-------:|-----:|----------|------------------------------------------------------------------|
/// |      0 | 4088 | hashes   | 8 bytes for each page, in order; 0 for a page that has none      |
/// |   4088 |    8 | checksum | XXH64 over the hashes, seeded with the number of the block       |
///
/// A block of nothing but zeros is intact, too: none of its pages has a hash. So the file may have
/// holes, and grows without being written.
final class HashBlock {

    static final int SIZE = 4096;
    static final int ENTRIES = (SIZE - Long.BYTES) / Long.BYTES;

    private static final int CHECKSUM_OFFSET = ENTRIES * Long.BYTES;

    private final byte[] bytes = new byte[SIZE];
    private final ByteBuffer fields = ByteBuffer.wrap(bytes).order(BIG_ENDIAN);

    /// Returns the number of the block that holds this page.
    static long numberOf(long page) {
        return (page - 1) / ENTRIES + 1;
    }

    /// Returns where in its block the page's hash is, from 0.
    static int slotOf(long page) {
        return Math.toIntExact((page - 1) % ENTRIES);
    }

    long get(int slot) {
        return fields.getLong(slot * Long.BYTES);
    }

    void set(int slot, long hash) {
        fields.putLong(slot * Long.BYTES, hash);
    }

    /// Returns the XOR of the hashes from that slot on.
    long xorFrom(int slot) {
        long xor = 0;
        for (int i = slot; i < ENTRIES; i++) {
            xor ^= get(i);
        }
        return xor;
    }

    /// Returns the slot after the last one that has a hash: 0 if none has.
    int end() {
        int end = ENTRIES;
        while (end > 0 && get(end - 1) == 0) {
            end--;
        }
        return end;
    }

    void clearFrom(int slot) {
        Arrays.fill(bytes, slot * Long.BYTES, CHECKSUM_OFFSET, (byte) 0);
    }

    void clear() {
        Arrays.fill(bytes, (byte) 0);
    }

    /// Returns all bytes for reading into; [#isIntact] is asked afterwards.
    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes);
    }

    /// Returns all bytes for writing, with the checksum for a block of this number.
    ByteBuffer sealed(long number) {
        fields.putLong(CHECKSUM_OFFSET, checksum(number));
        return ByteBuffer.wrap(bytes);
    }

    boolean isIntact(long number) {
        long stored = fields.getLong(CHECKSUM_OFFSET);
        return stored == checksum(number) || (stored == 0 && end() == 0);
    }

    private long checksum(long number) {
        return PageHash.of(number, bytes, 0, CHECKSUM_OFFSET);
    }
}
