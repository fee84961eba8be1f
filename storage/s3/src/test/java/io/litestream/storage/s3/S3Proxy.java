package io.litestream.storage.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A real server of S3's protocol, in a process of its own, that keeps objects in its memory.
final class S3Proxy implements AutoCloseable {

    static final String ACCESS_KEY = "test-key";
    static final String SECRET_KEY = "test-secret-that-nobody-may-see";

    private static final long START_SECONDS = 60;

    private final Process process;
    private final URI endpoint;

    private S3Proxy(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /// Starts a server, and waits until it takes requests.
    ///
    /// @param directory for its settings and its log
    static S3Proxy start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        URI endpoint = URI.create("http://127.0.0.1:" + port);
        Path settings = directory.resolve("s3proxy.conf");
        Files.writeString(
                settings,
                """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.ignore-unknown-headers=true
                jclouds.provider=transient-nio2
                jclouds.identity=local
                jclouds.credential=local
                jclouds.filesystem.basedir=/tmp
                """
                        .formatted(endpoint, ACCESS_KEY, SECRET_KEY));
        Path log = directory.resolve("s3proxy.log");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                System.getProperty("s3proxy.jar"),
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        S3Proxy server = new S3Proxy(process, endpoint);
        server.awaitStart(log);
        return server;
    }

    URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void awaitStart(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IOException("s3proxy does not start: " + Files.readString(log));
            }
            Thread.sleep(Duration.ofMillis(50));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            return socket.isConnected();
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
