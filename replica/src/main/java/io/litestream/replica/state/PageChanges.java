package io.litestream.replica.state;

import java.io.IOException;

/// Pages and their new hashes, in ascending order of the page number. May be walked more than once.
@FunctionalInterface
public interface PageChanges {

    /// Hands each page to the visitor. What the visitor throws passes through.
    void forEach(Visitor visitor) throws IOException;

    /// Takes one page after the other.
    @FunctionalInterface
    interface Visitor {

        /// Takes this page, whose hash is now this one.
        void page(long page, long hash) throws IOException;
    }
}
