package io.litestream.servers;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real server of S3's protocol (S3Proxy), in a process of its own. The user's name and password
/// are the same for all.
public final class S3Server implements AutoCloseable {

    /// The id of the only access key.
    public static final String ACCESS_KEY = "test-key";

    /// The secret of the only access key.
    public static final String SECRET_KEY = "test-secret-that-nobody-may-see";

    private static final long START_SECONDS = 60;

    private final Process process;
    private final URI endpoint;
    private final Path root;

    private S3Server(Process process, URI endpoint, Path root) {
        this.process = process;
        this.endpoint = endpoint;
        this.root = root;
    }

    /// Starts a server on a free port, and waits until it takes requests.
    ///
    /// @param directory for its settings, its log, and all objects; the files stay
    public static S3Server start(Path directory) throws IOException, InterruptedException {
        Path root = Files.createDirectories(directory.resolve("buckets"));
        return start(directory, "filesystem-nio2", root);
    }

    /// Starts a server that keeps objects in its memory, where less stands in the way of odd keys.
    /// It has no buckets at first.
    ///
    /// @param directory for its settings and its log; the files stay
    public static S3Server startInMemory(Path directory) throws IOException, InterruptedException {
        return start(directory, "transient-nio2", directory);
    }

    private static S3Server start(Path directory, String provider, Path content)
            throws IOException, InterruptedException {
        URI endpoint = URI.create("http://127.0.0.1:" + freePort());
        Path settings = directory.resolve("s3proxy.conf");
        Files.writeString(
                settings,
                """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.ignore-unknown-headers=true
                jclouds.provider=%s
                jclouds.filesystem.basedir=%s
                jclouds.identity=local
                jclouds.credential=local
                """
                        .formatted(endpoint, ACCESS_KEY, SECRET_KEY, provider, content));
        Path log = directory.resolve("s3proxy.log");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                jar().toString(),
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        S3Server server = new S3Server(process, endpoint, content);
        server.awaitStart(log);
        return server;
    }

    /// Returns the address, without a path.
    public URI endpoint() {
        return endpoint;
    }

    /// Makes an empty bucket.
    ///
    /// @return the directory of its objects
    public Path createBucket(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    /// Returns the keys of the objects of a bucket, in order.
    public List<String> keys(String bucket) throws IOException {
        Path directory = root.resolve(bucket);
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /// Kills the server; returns once it has ended.
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /// The build puts the jar beside these classes.
    private static Path jar() throws IOException {
        try {
            URI classes =
                    S3Server.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(classes).resolveSibling("server").resolve("s3proxy.jar");
        } catch (URISyntaxException e) {
            throw new IOException("cannot find the jar of the S3 server", e);
        }
    }

    private void awaitStart(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IOException("the S3 server does not start: " + Files.readString(log));
            }
            Thread.sleep(Duration.ofMillis(50));
        }
    }

    private boolean answers() {
        try {
            HttpURLConnection request = (HttpURLConnection) endpoint.toURL().openConnection();
            try {
                return request.getResponseCode() > 0; // a refusal, as it is not signed
            } finally {
                request.disconnect();
            }
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
