import org.jspecify.annotations.NullMarked;

/// Replicas in a bucket of S3, or of a store that speaks as S3 does.
@NullMarked
module io.litestream.storage.s3 {
    requires static com.google.errorprone.annotations;
    requires transitive io.litestream.storage;
    requires transitive org.jspecify;

    exports io.litestream.storage.s3;
}
