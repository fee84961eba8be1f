package io.litestream.sqlite;

/// The page sizes that SQLite knows: the powers of two from 512 to 65536.
final class PageSize {

    static final int SMALLEST = 512;
    static final int LARGEST = 65536;

    private PageSize() {}

    static boolean isValid(long pageSize) {
        return pageSize >= SMALLEST && pageSize <= LARGEST && Long.bitCount(pageSize) == 1;
    }

    static void check(long pageSize) {
        if (!isValid(pageSize)) {
            throw new IllegalArgumentException(
                    "page size %d is not a power of two from %d to %d"
                            .formatted(pageSize, SMALLEST, LARGEST));
        }
    }
}
