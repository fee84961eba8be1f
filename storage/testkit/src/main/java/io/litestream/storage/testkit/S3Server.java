package io.litestream.storage.testkit;

import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A real server of S3's protocol, in a process of its own. Each object is a file below the
/// directory of its bucket, so that a test sees what is there without asking the server.
///
/// The system property `s3proxy.jar` names the program, S3Proxy.
public final class S3Server implements AutoCloseable {

    /// The id of the only access key.
    public static final String ACCESS_KEY = "test-key";

    /// The secret of the only access key.
    public static final String SECRET_KEY = "test-secret-that-nobody-may-see";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Process process;
    private final URI endpoint;
    private final Path root;

    private S3Server(Process process, URI endpoint, Path root) {
        this.process = process;
        this.endpoint = endpoint;
        this.root = root;
    }

    /// Starts a server, and waits until it takes requests.
    ///
    /// @param directory for its settings, its log, and all objects
    public static S3Server start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        URI endpoint = URI.create("http://127.0.0.1:" + port);
        Path root = Files.createDirectories(directory.resolve("buckets"));
        Path settings = directory.resolve("s3proxy.conf");
        Files.writeString(
                settings,
                """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.ignore-unknown-headers=true
                jclouds.provider=filesystem-nio2
                jclouds.identity=local
                jclouds.credential=local
                jclouds.filesystem.basedir=%s
                """
                        .formatted(endpoint, ACCESS_KEY, SECRET_KEY, root));
        Path log = directory.resolve("s3proxy.log");
        Process process =
                new ProcessBuilder(
                                Path.of(property("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                property("s3proxy.jar"),
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        S3Server server = new S3Server(process, endpoint, root);
        server.awaitStart(log);
        return server;
    }

    /// Returns where requests go.
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

    /// Kills the server.
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Interrupts.keep(); // it ends all the same
        }
    }

    private void awaitStart(Path log) throws IOException, InterruptedException {
        Clock clock = Clock.system();
        long start = clock.nanoTime();
        while (!accepts()) {
            if (!process.isAlive() || clock.nanoTime() - start > START_LIMIT.toNanos()) {
                close();
                throw new IOException("s3proxy does not start: " + Files.readString(log));
            }
            clock.sleep(POLL);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
