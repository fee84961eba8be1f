package io.litestream.ltx;

/// The hash of one page: XXH64 of its bytes, with the page number as the seed. So pages that change
/// places change the [Checksum].
public final class PageHash {

    private PageHash() {}

    /// Returns the hash of a page that fills the array.
    public static long of(long pageNumber, byte[] page) {
        return of(pageNumber, page, 0, page.length);
    }

    /// Returns the hash of a page inside a buffer.
    public static long of(long pageNumber, byte[] buffer, int offset, int length) {
        return Lz4Library.hash64(buffer, offset, length, pageNumber);
    }
}
