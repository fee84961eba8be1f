package io.litestream.ltx;

import java.util.HexFormat;

/// The checksum of a whole database: the XOR over all its pages but the lock page of [PageHash].
///
/// Its text is 16 lower-case hexadecimal digits.
public record Checksum(long value) {

    /// The checksum of a database without pages.
    public static final Checksum EMPTY = new Checksum(0);

    private static final HexFormat HEX = HexFormat.of();

    /// Returns the checksum with one page more, or, if it was in already, with one page less.
    public Checksum with(long pageHash) {
        return new Checksum(value ^ pageHash);
    }

    @Override
    public String toString() {
        return HEX.toHexDigits(value);
    }
}
