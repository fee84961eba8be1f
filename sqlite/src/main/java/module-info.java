import org.jspecify.annotations.NullMarked;

/// SQLite's bytes (database header, WAL, checksums, lock page) and what the engine asks of SQLite.
@NullMarked
module io.litestream.sqlite {
    requires static com.google.errorprone.annotations;
    requires java.sql;
    requires transitive org.jspecify;
    requires org.xerial.sqlitejdbc;

    exports io.litestream.sqlite;
}
