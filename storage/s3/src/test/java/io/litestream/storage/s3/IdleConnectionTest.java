package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// What becomes of connections that nobody uses.
final class IdleConnectionTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void usesAConnectionAgainAndClosesItSoon() throws Exception {
        try (CountingServer server = new CountingServer();
                S3ObjectStore store = Stubs.open(settings(server), Map.of())) {
            for (int i = 0; i < 5; i++) {
                store.delete(Stubs.KEY);
            }
            assertThat(server.requests).hasValue(5);
            assertThat(server.connections).hasValue(1);

            long end = System.nanoTime() + LIMIT.toNanos();
            while (server.open.get() > 0) {
                assertThat(System.nanoTime()).as("a connection stays open").isLessThan(end);
                Thread.sleep(50);
            }
        }
    }

    private static S3Settings settings(CountingServer server) {
        return S3Settings.of("bucket")
                .endpoint("http://127.0.0.1:" + server.socket.getLocalPort())
                .region("eu-north-7")
                .credentials(Stubs.credentials())
                .build();
    }

    /// Answers each request with "deleted", and never closes a connection.
    private static final class CountingServer implements AutoCloseable {

        private final ServerSocket socket =
                new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger requests = new AtomicInteger();

        CountingServer() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    Socket accepted = socket.accept();
                    connections.incrementAndGet();
                    open.incrementAndGet();
                    Thread.ofVirtual().start(() -> answer(accepted));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void answer(Socket accepted) {
            try (accepted;
                    var in =
                            new BufferedReader(
                                    new InputStreamReader(accepted.getInputStream(), US_ASCII))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.isEmpty()) {
                        requests.incrementAndGet();
                        accepted.getOutputStream()
                                .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII));
                    }
                }
            } catch (IOException e) {
                // as good as closed
            } finally {
                open.decrementAndGet();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
