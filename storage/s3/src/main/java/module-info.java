import org.jspecify.annotations.NullMarked;

/// Replicas in a bucket of S3, or of a store that speaks as S3 does.
@NullMarked
module io.litestream.storage.s3 {
    requires static com.google.errorprone.annotations;
    requires transitive io.litestream.storage;
    requires transitive org.jspecify;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.auth.aws;
    requires software.amazon.awssdk.http.auth.spi;
    requires software.amazon.awssdk.http.urlconnection;
    requires software.amazon.awssdk.identity.spi;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.utils;

    exports io.litestream.storage.s3;
}
