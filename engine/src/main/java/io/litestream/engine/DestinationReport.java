package io.litestream.engine;

import io.litestream.ltx.Txid;

import java.nio.file.Path;
import java.util.Optional;

/// How far a destination is with a database.
///
/// @param head the newest transaction of the line; empty if it has not begun
/// @param durable the newest one up to which nothing is missing at the destination
/// @param restorable whether the destination holds a base for it
/// @param failure why the last attempt failed, if it did
public record DestinationReport(
        Path database,
        String destination,
        Optional<Txid> head,
        Optional<Txid> durable,
        boolean restorable,
        Optional<String> failure) {

    /// Returns how many transactions of the line the destination does not have.
    public long notUploaded() {
        long all = head.map(Txid::value).orElse(0L);
        return Math.max(0, all - durable.map(Txid::value).orElse(0L));
    }
}
