package io.litestream.ltx;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The transactions that one LTX file covers: `first` to `last`, both included.
///
/// A range also names its file, as in `0000000000000001-000000000000000a.ltx`.
public record TxidRange(Txid first, Txid last) implements Comparable<TxidRange> {

    private static final Pattern FILE_NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.ltx");

    public TxidRange {
        if (last.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "last txid %s is before first txid %s".formatted(last, first));
        }
    }

    /// Returns the range of this transaction alone.
    public static TxidRange of(Txid txid) {
        return new TxidRange(txid, txid);
    }

    /// Returns the range that a file of this name covers, or nothing if an LTX file cannot have
    /// this name.
    public static Optional<TxidRange> parseFileName(String name) {
        Matcher matcher = FILE_NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new TxidRange(Txid.parse(matcher.group(1)), Txid.parse(matcher.group(2))));
        } catch (IllegalArgumentException notARange) {
            return Optional.empty();
        }
    }

    /// Returns the name of the file that covers this range.
    public String fileName() {
        return first + "-" + last + ".ltx";
    }

    /// Says whether a file of this range holds a whole database: it starts at the first
    /// transaction.
    public boolean isSnapshot() {
        return first.equals(Txid.FIRST);
    }

    /// Says whether the range covers this transaction.
    public boolean contains(Txid txid) {
        return !first.isAfter(txid) && !txid.isAfter(last);
    }

    /// Orders by first transaction, then by last.
    @Override
    public int compareTo(TxidRange other) {
        int byFirst = first.compareTo(other.first);
        return byFirst != 0 ? byFirst : last.compareTo(other.last);
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
