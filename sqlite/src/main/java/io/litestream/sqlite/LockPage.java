package io.litestream.sqlite;

/// The page that holds the lock bytes at offset 1 GiB. SQLite never writes it, and no LTX file
/// holds it.
///
/// Specified by <https://sqlite.org/fileformat2.html#the_lock_byte_page>, section 1.4.
public final class LockPage {

    private static final long LOCK_BYTES_OFFSET = 0x4000_0000;

    private LockPage() {}

    /// Returns the number of the lock page in a database of this page size, whether or not the
    /// database reaches it.
    public static long number(int pageSize) {
        return LOCK_BYTES_OFFSET / pageSize + 1;
    }
}
