package io.litestream.replica.state;

/// The bounds of page size and page count, by SQLite's file format.
///
/// Specified by <https://sqlite.org/fileformat2.html#pages>, section 1.2.
final class DatabaseSize {

    static final long MAX_PAGES = 0xFFFF_FFFEL;

    private static final int MIN_PAGE_SIZE = 512;
    private static final int MAX_PAGE_SIZE = 65_536;

    private DatabaseSize() {}

    /// Checks both.
    ///
    /// @throws IllegalArgumentException if no database can have them
    static void check(int pageSize, long pageCount) {
        if (pageSize < MIN_PAGE_SIZE
                || pageSize > MAX_PAGE_SIZE
                || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException(
                    "a page size is a power of two from %d to %d, but this is %d"
                            .formatted(MIN_PAGE_SIZE, MAX_PAGE_SIZE, pageSize));
        }
        if (pageCount < 0 || pageCount > MAX_PAGES) {
            throw new IllegalArgumentException(
                    "a database has 0 to %d pages, but this is %d".formatted(MAX_PAGES, pageCount));
        }
    }
}
