package io.litestream.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// CRC-64/ISO, the checksum of LTX files, fed piece by piece.
final class Crc64 {

    // The polynomial is x^64 + x^4 + x^3 + x + 1, so few terms that a multiplication modulo it
    // takes
    // some shifts and no table. By squaring, x^512 = x^32 + x^24 + x^8 + 1. So eight accumulators,
    // one for each word of a 64-byte block, can go from block to block independently of one
    // another, which keeps the processor busy; at the end they are joined in steps of x^64.
    // Everything is bit-reflected: the highest power is the lowest bit, and what a shift to the
    // right drops is what exceeds the degree.

    private static final int WORD = Long.BYTES;
    private static final int BLOCK = 8 * WORD;
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long state = -1;

    void update(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        int at = offset;
        if (length >= 2 * BLOCK) {
            int blocks = length / BLOCK;
            state = blocks(state, bytes, at, blocks);
            at += blocks * BLOCK;
        }
        long crc = state;
        for (; end - at >= WORD; at += WORD) {
            crc = timesX64(crc ^ word(bytes, at));
        }
        for (; at < end; at++) {
            crc = timesX8(crc ^ (bytes[at] & 0xFF));
        }
        state = crc;
    }

    /// Returns the checksum of all bytes so far.
    long value() {
        return ~state;
    }

    private static long blocks(long state, byte[] bytes, int offset, int count) {
        int at = offset;
        long a = state ^ word(bytes, at);
        long b = word(bytes, at + WORD);
        long c = word(bytes, at + 2 * WORD);
        long d = word(bytes, at + 3 * WORD);
        long e = word(bytes, at + 4 * WORD);
        long f = word(bytes, at + 5 * WORD);
        long g = word(bytes, at + 6 * WORD);
        long h = word(bytes, at + 7 * WORD);
        for (int i = 1; i < count; i++) {
            at += BLOCK;
            a = timesX512(a) ^ word(bytes, at);
            b = timesX512(b) ^ word(bytes, at + WORD);
            c = timesX512(c) ^ word(bytes, at + 2 * WORD);
            d = timesX512(d) ^ word(bytes, at + 3 * WORD);
            e = timesX512(e) ^ word(bytes, at + 4 * WORD);
            f = timesX512(f) ^ word(bytes, at + 5 * WORD);
            g = timesX512(g) ^ word(bytes, at + 6 * WORD);
            h = timesX512(h) ^ word(bytes, at + 7 * WORD);
        }
        long crc = timesX64(timesX64(timesX64(timesX64(a) ^ b) ^ c) ^ d);
        return timesX64(timesX64(timesX64(timesX64(crc ^ e) ^ f) ^ g) ^ h);
    }

    private static long timesX512(long t) {
        long over = t << 56 ^ t << 40 ^ t << 32;
        return t ^ t >>> 8 ^ t >>> 24 ^ t >>> 32 ^ reduced(over);
    }

    private static long timesX64(long t) {
        long over = t << 63 ^ t << 61 ^ t << 60;
        return t ^ t >>> 1 ^ t >>> 3 ^ t >>> 4 ^ reduced(over);
    }

    private static long timesX8(long t) {
        return t >>> 8 ^ reduced(t << 56);
    }

    private static long reduced(long over) {
        return over ^ over >>> 1 ^ over >>> 3 ^ over >>> 4;
    }

    private static long word(byte[] bytes, int offset) {
        return (long) WORDS.get(bytes, offset);
    }
}
