package io.litestream.ltx;

/// What the page index of a file must be, judged by its pages: its length and its CRC. So a reader
/// can check an index of any size without keeping it.
final class IndexDigest {

    private static final int CAPACITY = 1024;

    private final Crc64 crc = new Crc64();
    private final byte[] buffer = new byte[CAPACITY];
    private int used;
    private long flushed;

    /// Adds the entry of the next page.
    void add(long pageNumber, long offset, long size) {
        if (used > CAPACITY - PageIndex.MAX_ENTRY_SIZE) {
            flush();
        }
        used = PageIndex.writeEntry(pageNumber, offset, size, buffer, used);
    }

    /// Adds the end of the entries.
    void end() {
        flush();
        used = Varint.write(PageIndex.END, buffer, used);
        flush();
    }

    long length() {
        return flushed;
    }

    long crc() {
        return crc.value();
    }

    private void flush() {
        crc.update(buffer, 0, used);
        flushed += used;
        used = 0;
    }
}
