package io.litestream.storage.s3;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.time.Clock;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps objects in a bucket of S3, or of a store that speaks as S3 does.
public final class S3ObjectStore implements ObjectStore {

    private final S3Settings settings;

    private S3ObjectStore(S3Settings settings) {
        this.settings = settings;
    }

    /// Returns a store of the whole bucket; [#below] gives the part below a path. Nothing is asked
    /// of the server yet, nor is it known whether the bucket exists.
    ///
    /// The environment counts where the settings leave something open: `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_CA_BUNDLE`, and the
    /// proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    public static S3ObjectStore open(
            S3Settings settings, Map<String, String> environment, Clock clock) {
        return new S3ObjectStore(settings);
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return settings.toString();
    }
}
