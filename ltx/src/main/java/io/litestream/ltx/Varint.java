package io.litestream.ltx;

/// Numbers in groups of 7 bits, the lowest first, with a bit in each byte that says whether more
/// follow. [FileInput#takeVarint()] reads them.
final class Varint {

    static final int MAX_SIZE = 9;

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private Varint() {}

    /// Writes a number of up to 63 bits, and returns the position after it.
    static int write(long value, byte[] to, int position) {
        int at = position;
        long rest = value;
        while (rest >= MORE) {
            to[at++] = (byte) (rest | MORE);
            rest >>>= BITS;
        }
        to[at++] = (byte) rest;
        return at;
    }
}
