package io.litestream.engine;

import io.litestream.ltx.LtxEncoder;
import io.litestream.replica.state.PageChanges;

import java.io.IOException;

/// The pages of a file of the line that is about to be written, in ascending order.
interface Pages extends PageChanges {

    /// Writes each page. An image that has not the hash given for it is an error: something wrote
    /// where nobody may.
    void writeTo(LtxEncoder encoder) throws IOException;

    /// Returns how many there are.
    long count();
}
