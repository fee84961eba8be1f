package io.litestream.engine;

import io.litestream.ltx.PageHash;
import io.litestream.sqlite.WalPosition;

import java.io.IOException;
import java.util.Optional;

/// Every page of a database as of one transaction. For one thread.
interface PageView {

    /// Where in the WAL the view ends; empty if no valid frame was in it, or there is no WAL.
    Optional<WalPosition> position();

    int pageSize();

    long pageCount();

    /// Gives every page but the lock page, in ascending order.
    void forEach(PageSink sink) throws IOException;

    /// Reads one page into the start of a buffer.
    void read(long page, byte[] buffer) throws IOException;

    /// Reads one page and returns its hash.
    default long readHashed(long page, byte[] buffer) throws IOException {
        read(page, buffer);
        return PageHash.of(page, buffer, 0, pageSize());
    }

    /// Receives page images in ascending order. The buffer is used again after the call.
    @FunctionalInterface
    interface PageSink {
        void page(long number, byte[] buffer, int offset) throws IOException;
    }
}
