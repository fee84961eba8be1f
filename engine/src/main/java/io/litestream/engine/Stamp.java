package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.DatabaseHeader;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.JournalFormat;
import io.litestream.sqlite.SqliteException;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;

/// What tells one state of a database in a rollback journal mode from the next: what `stat` says of
/// the file, and its header, in which SQLite counts the transactions.
///
/// @param header the first bytes of the file, in hexadecimal
record Stamp(FileStat file, String header) {

    /// Looks at an open file. Without a lock the header may be half of one transaction and half of
    /// another: good to see that something changes, not to see what.
    static Stamp of(DatabaseFile file) throws IOException {
        byte[] bytes = new byte[DatabaseHeader.SIZE];
        file.read(0, bytes, 0, bytes.length);
        return new Stamp(FileStat.of(file.path()), HexFormat.of().formatHex(bytes));
    }

    /// Returns the header; empty if it is none.
    Optional<DatabaseHeader> parsed() {
        try {
            byte[] bytes = HexFormat.of().parseHex(header);
            return Optional.of(DatabaseHeader.parse(bytes, "the database"));
        } catch (SqliteException.NotADatabase e) {
            return Optional.empty();
        }
    }

    boolean isWal() {
        return parsed().filter(h -> h.journalFormat() == JournalFormat.WAL).isPresent();
    }

    /// Says whether transactions of SQLite's lead from another state to this one, as far as its
    /// count shows.
    boolean follows(Stamp other) {
        Optional<DatabaseHeader> before = other.parsed();
        Optional<DatabaseHeader> now = parsed();
        return before.isPresent()
                && now.isPresent()
                && now.get().changeCounter() > before.get().changeCounter();
    }
}
