package io.litestream.cli.command;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that answers as S3 does, as far as it must, and remembers what it was asked. It also
/// serves as a proxy: then the requests name a host that does not exist.
final class S3Stub implements AutoCloseable {

    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final int MANY_PARTS_MILLIS = 10_000;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final AtomicInteger partsUnderWay = new AtomicInteger();
    private final AtomicInteger mostPartsUnderWay = new AtomicInteger();
    private volatile int partsToAwait = 1;
    private volatile Optional<String> denied = Optional.empty();

    S3Stub() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    S3Stub(HttpServer server) {
        this.server = server;
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /// What was asked.
    record Request(String method, String uri, Map<String, List<String>> headers, int size) {

        /// Returns a header, or nothing in its place.
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String endpoint() {
        return "http://127.0.0.1:" + port();
    }

    /// Holds back each part of an upload until so many are under way, or it has taken long.
    void awaitParts(int count) {
        partsToAwait = count;
    }

    int mostPartsUnderWay() {
        return mostPartsUnderWay.get();
    }

    /// Denies requests of this method from now on; `LIST` for listings.
    void deny(String method) {
        denied = Optional.of(method);
    }

    List<Request> requests() {
        return requests;
    }

    List<Request> requests(String method) {
        return requests.stream().filter(request -> request.method().equals(method)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String uri = exchange.getRequestURI().toString();
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            String method = exchange.getRequestMethod();
            requests.add(
                    new Request(
                            method, uri, Map.copyOf(exchange.getRequestHeaders()), body.length));
            if (denied.equals(Optional.of(query.contains("list-type") ? "LIST" : method))) {
                send(exchange, 403, error("AccessDenied"));
                return;
            }
            switch (method) {
                case "PUT" -> put(exchange, uri, query, body);
                case "POST" -> send(exchange, 200, post(query));
                case "GET" -> get(exchange, uri, query);
                case "DELETE" -> {
                    objects.remove(uri);
                    send(exchange, 204, "");
                }
                default -> head(exchange, uri);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void put(HttpExchange exchange, String uri, String query, byte[] body)
            throws IOException, InterruptedException {
        exchange.getResponseHeaders().add("ETag", "\"0123456789abcdef\"");
        if (query.contains("partNumber=")) {
            mostPartsUnderWay.accumulateAndGet(partsUnderWay.incrementAndGet(), Math::max);
            for (int i = 0; i < MANY_PARTS_MILLIS && mostPartsUnderWay.get() < partsToAwait; i++) {
                Thread.sleep(1);
            }
            partsUnderWay.decrementAndGet();
        } else if (exchange.getRequestHeaders().containsKey("If-None-Match")
                && objects.containsKey(uri)) {
            send(exchange, 412, error("PreconditionFailed"));
            return;
        } else {
            objects.put(uri, body);
        }
        send(exchange, 200, "");
    }

    private static String post(String query) {
        return query.startsWith("uploads")
                ? XML
                        + "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
                        + "<UploadId>upload</UploadId></InitiateMultipartUploadResult>"
                : XML
                        + "<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
                        + "<ETag>&quot;0123456789abcdef-2&quot;</ETag>"
                        + "</CompleteMultipartUploadResult>";
    }

    private void head(HttpExchange exchange, String uri) throws IOException {
        byte[] object = objects.get(uri);
        if (object != null) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(object.length));
            exchange.getResponseHeaders().add("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        }
        exchange.sendResponseHeaders(object == null ? 404 : 200, -1);
    }

    private void get(HttpExchange exchange, String uri, String query) throws IOException {
        byte[] object = objects.get(uri);
        if (query.contains("list-type")) {
            send(
                    exchange,
                    200,
                    XML
                            + "<ListBucketResult><Name>b</Name><KeyCount>0</KeyCount>"
                            + "<IsTruncated>false</IsTruncated></ListBucketResult>");
        } else if (query.contains("uploads")) {
            send(exchange, 200, XML + "<ListMultipartUploadsResult></ListMultipartUploadsResult>");
        } else if (object == null) {
            send(exchange, 404, error("NoSuchKey"));
        } else {
            exchange.getResponseHeaders().add("ETag", "\"0123456789abcdef\"");
            exchange.sendResponseHeaders(200, object.length == 0 ? -1 : object.length);
            exchange.getResponseBody().write(object);
        }
    }

    private static String error(String code) {
        return "%s<Error><Code>%s</Code><Message>%s</Message></Error>"
                .formatted(XML, code, code.toLowerCase(Locale.ROOT));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
