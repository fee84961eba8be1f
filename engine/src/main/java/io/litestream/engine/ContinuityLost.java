package io.litestream.engine;

import io.litestream.sqlite.WalMismatchException;

/// It cannot be proven that nothing was missed since the position. The way out is to compare the
/// whole database with what was published; the message says why.
@SuppressWarnings("serial") // never serialized
final class ContinuityLost extends Exception {

    private final String reason;

    ContinuityLost(String reason) {
        super(reason);
        this.reason = reason;
    }

    /// The WAL is not what SQLite's count of its frames says.
    ContinuityLost(WalMismatchException mismatch) {
        super(mismatch);
        this.reason = String.valueOf(mismatch.getMessage());
    }

    String reason() {
        return reason;
    }
}
