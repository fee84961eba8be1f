package io.litestream.cli.demo;

import java.io.IOException;

/// Where a demo replicates to, if not to a directory of its own.
///
/// @param url what the processes are told, and may be seen by everybody
/// @param content tells whether there is something already
public record Destination(String url, Content content) {

    /// A look at what a destination holds.
    @FunctionalInterface
    public interface Content {
        /// Tells whether there is nothing.
        boolean isEmpty() throws IOException;
    }
}
