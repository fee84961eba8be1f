package io.litestream.ltx;

/// Where in the WAL the transactions of a file came from.
///
/// @param offset where in the WAL they begin, in bytes
/// @param size how many bytes of the WAL they are
/// @param salt1 the first salt of the WAL's header, as an unsigned 32-bit number
/// @param salt2 the second salt of the WAL's header, as an unsigned 32-bit number
public record WalOrigin(long offset, long size, long salt1, long salt2) {

    /// From no WAL, as in files that were merged from others.
    public static final WalOrigin NONE = new WalOrigin(0, 0, 0, 0);

    /// From a comparison of the database with what was known of it. The offset is that of the first
    /// frame, as the original stops at a level-0 file whose offset is 0.
    public static final WalOrigin COMPARISON = new WalOrigin(32, 0, 0, 0);

    private static final long MAX_SALT = 0xFFFF_FFFFL;

    public WalOrigin {
        if (offset < 0 || size < 0) {
            throw new IllegalArgumentException(
                    "wal offset %d and size %d must not be negative".formatted(offset, size));
        }
        if (salt1 < 0 || salt1 > MAX_SALT || salt2 < 0 || salt2 > MAX_SALT) {
            throw new IllegalArgumentException(
                    "wal salts %d and %d must have 32 bits".formatted(salt1, salt2));
        }
        if (offset == 0 && (size | salt1 | salt2) != 0) {
            throw new IllegalArgumentException(
                    "wal size %d and salts %d, %d need a wal offset, but it is 0"
                            .formatted(size, salt1, salt2));
        }
    }
}
