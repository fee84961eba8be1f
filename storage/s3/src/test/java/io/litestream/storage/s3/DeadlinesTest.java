package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;
import static io.litestream.storage.s3.Stubs.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.PatternContent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Servers that do not answer, or not to the end.
@Timeout(60)
final class DeadlinesTest {

    @Test
    void givesUpAServerThatSaysNothing() throws Exception {
        try (Server server = new Server(_ -> sleep());
                S3ObjectStore store = server.open()) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining("does not answer in time");
            assertThatThrownBy(() -> store.replace(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining("does not answer in time");
        }
    }

    @Test
    void givesUpAServerThatStopsReadingAnUpload() throws Exception {
        try (Server server = new Server(_ -> sleep());
                S3ObjectStore store = server.open()) {
            assertThatThrownBy(() -> store.replace(KEY, CREATED, new PatternContent(1, 5 << 20)))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining("does not answer in time");
        }
    }

    @Test
    void givesUpAnAnswerThatComesByteByByte() throws Exception {
        try (Server server =
                        new Server(socket -> {
                            OutputStream out = socket.getOutputStream();
                            write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n");
                            write(out, "Content-Length: 100000\r\n\r\n<ListBucketResult>");
                            while (true) {
                                write(out, "<Name>b</Name>");
                                Thread.sleep(100);
                            }
                        });
                S3ObjectStore store = server.open()) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.Unavailable.class);
        }
    }

    @Test
    void failsToReadAnObjectThatStopsHalfWay() throws Exception {
        try (Server server =
                        new Server(socket -> {
                            write(
                                    socket.getOutputStream(),
                                    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
                            sleep();
                        });
                S3ObjectStore store = server.open();
                InputStream in = store.open(KEY)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void failsToReadAnObjectThatEndsEarly() throws Exception {
        try (Server server =
                        new Server(socket ->
                                write(
                                        socket.getOutputStream(),
                                        "HTTP/1.1 200 OK\r\n"
                                                + "Content-Length: 100\r\n\r\n"
                                                + "half of it"));
                S3ObjectStore store = server.open();
                InputStream in = store.open(KEY)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void doesNotInterruptWhoeverCalls() throws Exception {
        try (Server server = new Server(_ -> sleep());
                S3ObjectStore store = server.open()) {
            assertThatThrownBy(() -> store.replace(KEY, CREATED, new PatternContent(1, 5 << 20)))
                    .isInstanceOf(StorageException.Unavailable.class);

            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(60_000);
    }

    /// Does with each connection what a test says, after the first bytes have come.
    private static final class Server implements AutoCloseable {

        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Behaviour behaviour;
        private final Thread thread;

        Server(Behaviour behaviour) throws IOException {
            this.behaviour = behaviour;
            this.thread = Thread.ofVirtual().start(this::accept);
        }

        S3ObjectStore open() {
            S3Settings settings =
                    S3Settings.of("bucket")
                            .endpoint("http://127.0.0.1:" + socket.getLocalPort())
                            .credentials(Stubs.credentials())
                            .build();
            return Stubs.open(settings, Map.of(), Stubs.SHORT);
        }

        @Override
        public void close() throws IOException {
            socket.close();
            thread.interrupt();
        }

        private void accept() {
            try {
                while (true) {
                    Socket connection = socket.accept();
                    Thread.ofVirtual().start(() -> serve(connection));
                }
            } catch (IOException _) {
                // closed
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                assertThat(connection.getInputStream().read()).isNotNegative();
                behaviour.serve(connection);
            } catch (IOException | InterruptedException _) {
                // the other side has given up
            }
        }

        @FunctionalInterface
        private interface Behaviour {
            void serve(Socket socket) throws IOException, InterruptedException;
        }
    }
}
