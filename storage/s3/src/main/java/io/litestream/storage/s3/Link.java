package io.litestream.storage.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.UncheckedIOException;
import java.net.URI;

/// The way to the server: makes the SDK's client when it is first needed, as that takes long and
/// may ask for the region of the bucket, and gives its failures our classes.
final class Link implements AutoCloseable {

    private final S3Options options;
    private final Timeouts timeouts;
    private final Connections connections;
    private final BucketRegion region;
    private final Deadlines deadlines;
    private final S3Failure failures;

    @GuardedBy("this")
    private @Nullable S3Client client;

    @GuardedBy("this")
    private boolean closed;

    /// @param regions the server that tells the regions of buckets
    Link(S3Options options, Clock clock, Timeouts timeouts, URI regions) {
        this.options = options;
        this.timeouts = timeouts;
        this.connections =
                new Connections(
                        ProxySettings.of(options.env()),
                        options.settings().certificateCheck(),
                        options.certificateAuthorities(),
                        timeouts);
        this.region = new BucketRegion(options, connections, regions);
        this.deadlines = new Deadlines(clock);
        this.failures = new S3Failure(options, clock);
    }

    /// Calls the server.
    ///
    /// @param attempt what for, as in "create object a/b"
    <T> T call(String attempt, Call<T> call) throws StorageException {
        S3Client client = client();
        try {
            return call.by(client);
        } catch (SdkException | UncheckedIOException | Credentials.MissingException e) {
            throw failures.of(attempt, e);
        }
    }

    @Override
    public void close() {
        S3Client last;
        synchronized (this) {
            closed = true;
            last = client;
        }
        if (last != null) {
            last.close();
        }
        deadlines.close();
    }

    /// Holds the lock while the region is asked for, as every caller needs it.
    private synchronized S3Client client() throws StorageException {
        if (closed) {
            throw new IllegalStateException("the store in %s is closed".formatted(options.host()));
        }
        if (client == null) {
            client =
                    ClientFactory.create(
                            options,
                            region.find(),
                            new WatchedHttpClient(
                                    UrlConnectionHttpClient.create(connections),
                                    deadlines,
                                    timeouts));
        }
        return client;
    }

    /// One call or a few that belong together. What it throws of its own passes.
    @FunctionalInterface
    interface Call<T> {
        T by(S3Client client) throws StorageException;
    }
}
