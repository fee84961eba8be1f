package io.litestream.replica.legacy;

import java.util.regex.Pattern;

/// The number of a WAL in a generation. Each restart of the WAL begins the next.
public record WalIndex(long value) implements Comparable<WalIndex> {

    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{1,8}");
    private static final long MOST = 0xffff_ffffL;
    private static final int RADIX = 16;

    public WalIndex {
        if (value < 0 || value > MOST) {
            throw new IllegalArgumentException(
                    "a WAL index is from 0 to %d, but this is %d".formatted(MOST, value));
        }
    }

    /// Reads hexadecimal digits.
    ///
    /// @throws IllegalArgumentException if these are not up to eight of them
    public static WalIndex parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a WAL index is up to 8 hexadecimal digits, but this is \"%s\""
                            .formatted(text));
        }
        return new WalIndex(Long.parseLong(text, RADIX));
    }

    /// Returns the index of the next WAL.
    public WalIndex next() {
        return new WalIndex(value + 1);
    }

    @Override
    public int compareTo(WalIndex other) {
        return Long.compare(value, other.value);
    }

    /// Returns eight hexadecimal digits, as in the names of files.
    @Override
    public String toString() {
        return "%08x".formatted(value);
    }
}
