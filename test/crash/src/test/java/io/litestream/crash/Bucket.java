package io.litestream.crash;

import io.litestream.servers.Fault;
import io.litestream.servers.FaultProxy;
import io.litestream.servers.S3Server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An S3 server with one bucket behind a proxy with faults, for all rounds of a run. It is started
/// when it is first needed.
final class Bucket implements AutoCloseable {

    private static final String NAME = "rig";

    private final Path scratch;
    private Path content;
    private S3Server server;
    private FaultProxy proxy;

    Bucket(Path scratch) {
        this.scratch = scratch;
    }

    /// Returns a place in the bucket.
    Place place(String path) throws IOException, InterruptedException {
        if (server == null) {
            Path directory = Files.createDirectories(scratch.resolve("s3"));
            server = S3Server.start(directory);
            proxy = FaultProxy.before(server.endpoint());
            content = server.createBucket(NAME);
        }
        return new Place.Bucket(NAME, path, proxy.endpoint(), server.endpoint(), content);
    }

    /// Lets requests meet faults from now on.
    void storm(Weather weather) {
        if (proxy != null) {
            proxy.plan(weather::next);
        }
    }

    /// Lets nothing pass from now on, and nobody say so.
    void swallow() {
        proxy.plan(_ -> new Fault.BlackHole());
    }

    /// Lets requests pass from now on.
    void calm() {
        if (proxy != null) {
            proxy.plan(_ -> new Fault.None());
        }
    }

    /// Forgets what rounds have stored.
    void clear() throws IOException {
        if (content != null) {
            Scene.deleteTree(content);
            Files.createDirectories(content);
        }
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            proxy.close();
            server.close();
            server = null;
        }
    }
}
