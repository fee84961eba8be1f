import org.jspecify.annotations.NullMarked;

/// The LTX format, version 3: encoder, decoder, page index, merge, and the checksums that prove a
/// database.
@NullMarked
module io.litestream.ltx {
    requires static com.google.errorprone.annotations;
    requires org.lz4.java;
    requires transitive org.jspecify;

    exports io.litestream.ltx;
}
