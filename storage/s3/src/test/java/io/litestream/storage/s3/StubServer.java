package io.litestream.storage.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import javax.net.ssl.SSLContext;

/// A server that records requests, and answers them as a test says. It is also a proxy: then it
/// answers in the place of whoever was meant.
final class StubServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Function<Request, Answer> answers;

    private StubServer(HttpServer server, Function<Request, Answer> answers) {
        this.server = server;
        this.answers = answers;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static StubServer start(Function<Request, Answer> answers) throws IOException {
        return new StubServer(HttpServer.create(anyPort(), 0), answers);
    }

    static StubServer startTls(SSLContext context, Function<Request, Answer> answers)
            throws IOException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new StubServer(server, answers);
    }

    /// A request as it came.
    ///
    /// @param url with the host if the request came to a proxy
    record Request(String method, URI url, Map<String, List<String>> headers, byte[] body) {

        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst())
                    .findFirst();
        }

        boolean is(String method, String queryPart) {
            String query = Optional.ofNullable(url.getRawQuery()).orElse("");
            return this.method.equals(method) && query.contains(queryPart);
        }

        @Override
        public String toString() {
            return method + " " + url;
        }
    }

    /// What is answered. No answer at all, but an end of the connection, is a status of 0.
    record Answer(int status, Map<String, String> headers, byte[] body) {

        static Answer of(int status, String... headers) {
            return new Answer(status, pairs(headers), new byte[0]);
        }

        static Answer xml(int status, String body, String... headers) {
            Answer answer = of(status, headers);
            answer.headers.put("Content-Type", "application/xml");
            return new Answer(status, answer.headers, body.getBytes(StandardCharsets.UTF_8));
        }

        /// A refusal as S3 writes it.
        static Answer error(int status, String code, String... headers) {
            return xml(
                    status,
                    "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>words of the server</Message></Error>"
                            .formatted(code),
                    headers);
        }

        private static Map<String, String> pairs(String... headers) {
            Map<String, String> map = new HashMap<>();
            for (int i = 0; i < headers.length; i += 2) {
                map.put(headers[i], headers[i + 1]);
            }
            return map;
        }
    }

    /// Returns the requests so far.
    List<Request> requests() {
        return requests;
    }

    /// Returns the requests so far, in words.
    List<String> lines() {
        return requests.stream().map(Request::toString).toList();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Request request =
                new Request(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        Map.copyOf(exchange.getRequestHeaders()),
                        exchange.getRequestBody().readAllBytes());
        requests.add(request);
        Answer answer = answers.apply(request);
        if (answer.status() != 0) {
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            boolean hasBody = answer.body().length > 0 && !request.method().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), hasBody ? answer.body().length : -1);
            if (hasBody) {
                exchange.getResponseBody().write(answer.body());
            }
        }
        exchange.close();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
