package io.litestream.storage.s3;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps objects in a bucket of S3, or of a store that speaks as S3 does.
///
/// The time of creation is kept in the metadata of an object, where `find` finds it; a listing
/// tells when the store got the object. Whoever may read but not list is [denied][
/// StorageException.Denied] what is absent, as S3 does not tell which it is.
///
/// A call is one attempt, but for the parts of a large object, which are sent again if the server
/// is busy. Each call ends within limits of time, as [StorageException.Unavailable] if need be.
public final class S3ObjectStore implements ObjectStore {

    private final S3Options options;
    private final Link link;
    private final Clock clock;
    private final ObjectCalls calls;
    private final Exclusivity exclusivity;
    private final Creation creation;
    private final Listing listing;

    private S3ObjectStore(
            S3Options options, Link link, Exclusivity exclusivity, Clock clock, String keyPrefix) {
        Requests requests = new Requests(options, keyPrefix);
        this.options = options;
        this.link = link;
        this.clock = clock;
        this.exclusivity = exclusivity;
        this.calls = new ObjectCalls(link, requests);
        MultipartCalls multipartCalls = new MultipartCalls(link, requests);
        this.creation = new Creation(calls, multipartCalls, options, exclusivity, clock);
        this.listing = new Listing(link, requests);
    }

    /// Returns a store of the whole bucket; [#below] gives the part below a path. Nothing is asked
    /// of the server yet, nor is it known whether the bucket exists.
    ///
    /// The environment counts where the settings leave something open: `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_CA_BUNDLE`, and the
    /// proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    ///
    /// @throws IllegalArgumentException if a variable of these has no meaning
    public static S3ObjectStore open(
            S3Settings settings, Map<String, String> environment, Clock clock) {
        return open(settings, environment, clock, Timeouts.DEFAULT, BucketRegion.ANYWHERE);
    }

    static S3ObjectStore open(
            S3Settings settings,
            Map<String, String> environment,
            Clock clock,
            Timeouts timeouts,
            URI regions) {
        S3Options options = S3Options.of(settings, environment);
        Link link = new Link(options, clock, timeouts, regions);
        return new S3ObjectStore(options, link, new Exclusivity(options), clock, "");
    }

    /// Returns a store of the same bucket that puts a text before every key, as it is: it may be
    /// what no key of ours can begin with, such as a slash. Closing either closes both.
    public S3ObjectStore withKeyPrefix(String text) {
        return new S3ObjectStore(options, link, exclusivity, clock, text);
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        creation.create(key, created, content);
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        creation.replace(key, created, content);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "cannot open %d bytes from %d of %s".formatted(length, offset, key));
        }
        if (length == 0) {
            if (find(key).isEmpty()) {
                throw new StorageException.NotFound(key);
            }
            return InputStream.nullInputStream();
        }
        return calls.get(key, offset, length).orElseGet(InputStream::nullInputStream);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        return calls.head(key).map(found -> found.info(key));
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        if (limit < 1) {
            throw new IllegalArgumentException("cannot list %d objects".formatted(limit));
        }
        return listing.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        exclusivity.awaitAnswer();
        calls.delete(key);
    }

    /// Closes connections. Calls under way may fail; later ones do.
    @Override
    public void close() {
        exclusivity.close();
        link.close();
    }

    @Override
    public String toString() {
        return "s3://%s at %s".formatted(options.bucket(), options.host());
    }
}
