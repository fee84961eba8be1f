package io.litestream.ltx;

import net.jpountz.xxhash.XXHash64;

/// The hash of one page: XXH64 of its bytes, with the page number as the seed. So pages that change
/// places change the [Checksum].
public final class PageHash {

    private static final XXHash64 XXH64 = Lz4Library.xxHash().hash64();

    private PageHash() {}

    /// Returns the hash of a page that fills the array.
    public static long of(long pageNumber, byte[] page) {
        return of(pageNumber, page, 0, page.length);
    }

    /// Returns the hash of a page inside a buffer.
    public static long of(long pageNumber, byte[] buffer, int offset, int length) {
        return XXH64.hash(buffer, offset, length, pageNumber);
    }
}
