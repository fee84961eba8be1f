import org.jspecify.annotations.NullMarked;

/// LTX files on an object store: key layout, inventory, restore plan, restore, and the state beside
/// a database; and what Litestream 0.3 left there.
@NullMarked
module io.litestream.replica {
    requires static com.google.errorprone.annotations;
    requires transitive io.litestream.ltx;
    requires transitive io.litestream.sqlite;
    requires transitive io.litestream.storage;

    exports io.litestream.replica;
    exports io.litestream.replica.legacy;
    exports io.litestream.replica.retention;
    exports io.litestream.replica.state;
}
