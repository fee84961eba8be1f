package io.litestream.ltx;

import java.util.HexFormat;

/// The number of a transaction in the line of a replica: 1 for the first, one more for each that
/// follows.
///
/// Its text is 16 lower-case hexadecimal digits.
public record Txid(long value) implements Comparable<Txid> {

    /// The transaction at which every line begins: the base.
    public static final Txid FIRST = new Txid(1);

    private static final int DIGITS = 16;
    private static final HexFormat HEX = HexFormat.of();

    public Txid {
        if (value < 1) {
            throw new IllegalArgumentException("txid must be at least 1, but is " + value);
        }
    }

    /// Reads 16 lower-case hexadecimal digits.
    ///
    /// @throws IllegalArgumentException if the text is anything else, or zero
    public static Txid parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(Txid::isHexDigit)) {
            throw new IllegalArgumentException(
                    "a txid has 16 lower-case hexadecimal digits, but this is \"%s\""
                            .formatted(text));
        }
        return new Txid(HexFormat.fromHexDigitsToLong(text));
    }

    /// Returns the transaction that follows this one.
    public Txid next() {
        return plus(1);
    }

    /// Returns the transaction that many after this one.
    ///
    /// @throws IllegalArgumentException if there is none, being below 1
    public Txid plus(long count) {
        return new Txid(Math.addExact(value, count));
    }

    /// Says whether this transaction comes after the other.
    public boolean isAfter(Txid other) {
        return value > other.value;
    }

    @Override
    public int compareTo(Txid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return HEX.toHexDigits(value);
    }

    private static boolean isHexDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
}
