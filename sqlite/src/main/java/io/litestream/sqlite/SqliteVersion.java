package io.litestream.sqlite;

import java.util.Comparator;

/// A version of SQLite, such as 3.51.3.
public record SqliteVersion(int major, int minor, int patch) implements Comparable<SqliteVersion> {

    /// The first version that is safe here. Older ones can lose commits when a checkpoint meets a
    /// WAL that another connection restarts (<https://sqlite.org/wal.html>, "the WAL-reset bug"),
    /// and do not know `PRAGMA wal_checkpoint(NOOP)`.
    public static final SqliteVersion MINIMUM = new SqliteVersion(3, 51, 3);

    private static final Comparator<SqliteVersion> ORDER =
            Comparator.comparingInt(SqliteVersion::major)
                    .thenComparingInt(SqliteVersion::minor)
                    .thenComparingInt(SqliteVersion::patch);

    /// Reads a version as `sqlite_version()` writes it.
    ///
    /// @throws IllegalArgumentException if it is not three numbers
    public static SqliteVersion parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("expected a version like 3.51.3, found " + text);
        }
        return new SqliteVersion(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    /// Refuses a version before [#MINIMUM].
    ///
    /// @throws IllegalStateException if it is one
    public void requireSafe() {
        if (compareTo(MINIMUM) < 0) {
            throw new IllegalStateException(
                    "SQLite %s can lose commits when a WAL is reset; at least %s is needed. Put a newer sqlite-jdbc on the path."
                            .formatted(this, MINIMUM));
        }
    }

    @Override
    public int compareTo(SqliteVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%d.%d.%d".formatted(major, minor, patch);
    }
}
