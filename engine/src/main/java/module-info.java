import org.jspecify.annotations.NullMarked;

/// Live databases: capture, checkpoint, spool, upload, schedule, and the events that tell of it.
@NullMarked
module io.litestream.engine {
    requires static com.google.errorprone.annotations;
    requires transitive io.litestream.replica;

    exports io.litestream.engine;
}
