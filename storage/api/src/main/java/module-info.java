import org.jspecify.annotations.NullMarked;

/// Where replicas are kept: the contract of object stores, and the one that keeps objects as files.
@NullMarked
module io.litestream.storage {
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports io.litestream.storage;
    exports io.litestream.storage.file;
    exports io.litestream.time;
}
