package io.litestream.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What a client notices of each fault, and what the server does.
final class FaultProxyTest {

    private static final String CONTENT = "x".repeat(100_000);

    private final Queue<String> served = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    served.add(exchange.getRequestMethod() + " " + body.length);
                    byte[] answer = CONTENT.getBytes(StandardCharsets.UTF_8);
                    boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
                    exchange.sendResponseHeaders(200, chunked ? 0 : answer.length);
                    try (exchange) {
                        exchange.getResponseBody().write(answer);
                    }
                });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        proxy = FaultProxy.before(address);
    }

    @AfterEach
    void end() throws Exception {
        proxy.close();
        server.stop(0);
        client.close();
    }

    @Test
    void passesRequestsAndAnswersOn() throws Exception {
        assertThat(put("/", "abc").body()).isEqualTo(CONTENT);
        assertThat(put("/chunked", "abcd").body()).isEqualTo(CONTENT);
        assertThat(served).containsExactly("PUT 3", "PUT 4");
        assertThat(proxy.requests()).isEqualTo(2);
    }

    @Test
    void asksForThePlanOfEachRequest() throws Exception {
        proxy.plan(request ->
                request.target().equals("/bad")
                        ? new Fault.Refuse(503, List.of("Retry-After: 7"))
                        : new Fault.None());

        HttpResponse<String> refused = put("/bad", "abc");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("7");
        assertThat(put("/good", "ab").statusCode()).isEqualTo(200);
        assertThat(served).containsExactly("PUT 2");
    }

    @Test
    void resetsWithAndWithoutTheRequestHavingBeenDone() {
        proxy.plan(_ -> new Fault.ResetBefore());
        assertThatThrownBy(() -> put("/", "abc")).isInstanceOf(IOException.class);
        assertThat(served).isEmpty();

        proxy.plan(_ -> new Fault.ResetAfter());
        assertThatThrownBy(() -> put("/", "abc")).isInstanceOf(IOException.class);
        assertThat(served).contains("PUT 3");
    }

    @Test
    void spoilsAnswers() throws Exception {
        proxy.plan(_ -> new Fault.Corrupt());
        assertThat(put("/", "abc").body()).hasSize(CONTENT.length()).isNotEqualTo(CONTENT);

        proxy.plan(_ -> new Fault.Truncate());
        assertThatThrownBy(() -> put("/", "abc")).isInstanceOf(IOException.class);
    }

    @Test
    void givesNoAnswer() {
        proxy.plan(_ -> new Fault.BlackHole());
        assertThatThrownBy(() -> put("/", "abc")).isInstanceOf(HttpTimeoutException.class);
        assertThat(served).isEmpty();
    }

    @Test
    void repeatsARequestLater() throws Exception {
        proxy.plan(_ -> new Fault.Repeat(Duration.ofMillis(1)));

        assertThat(put("/", "abc").statusCode()).isEqualTo(200);

        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (served.size() < 2 && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(served).containsExactly("PUT 3", "PUT 3");
    }

    @Test
    void slowsDown() throws Exception {
        long began = System.nanoTime();
        proxy.plan(_ -> new Fault.Slow(1_000_000));

        assertThat(put("/", "abc").body()).isEqualTo(CONTENT);

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isGreaterThan(Duration.ofMillis(90));
    }

    private HttpResponse<String> put(String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(proxy.endpoint().resolve(path))
                        .timeout(Duration.ofSeconds(path.equals("/") ? 3 : 20))
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
