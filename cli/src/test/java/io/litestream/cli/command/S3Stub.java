package io.litestream.cli.command;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            send(exchange, 200, listing(uri, query));
        } else if (query.contains("uploads")) {
            send(exchange, 200, XML + "<ListMultipartUploadsResult></ListMultipartUploadsResult>");
        } else if (object == null) {
            send(exchange, 404, error("NoSuchKey"));
        } else {
            exchange.getResponseHeaders().add("ETag", "\"0123456789abcdef\"");
            content(exchange, object);
        }
    }

    private static void content(HttpExchange exchange, byte[] object) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        byte[] part = object;
        if (range != null) {
            String[] ends = range.substring("bytes=".length()).split("-");
            int from = Integer.parseInt(ends[0]);
            long last = ends.length == 1 ? Long.MAX_VALUE : Long.parseLong(ends[1]);
            int to = (int) Math.min(object.length - 1L, last) + 1;
            part = Arrays.copyOfRange(object, from, to);
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, object.length));
        }
        exchange.sendResponseHeaders(
                range == null ? 200 : 206, part.length == 0 ? -1 : part.length);
        exchange.getResponseBody().write(part);
    }

    /// Lists what is below a prefix, all of it, for requests with the bucket in the path.
    private String listing(String uri, String query) {
        String bucket = uri.substring(0, uri.indexOf('?')) + "/";
        String prefix =
                Stream.of(query.split("&"))
                        .filter(part -> part.startsWith("prefix="))
                        .map(part -> URLDecoder.decode(part.substring(7), StandardCharsets.UTF_8))
                        .findFirst()
                        .orElse("");
        String contents =
                objects.keySet().stream()
                        .sorted()
                        .filter(name -> name.startsWith(bucket + prefix))
                        .map(name ->
                                "<Contents><Key>%s</Key><Size>%d</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                                        .formatted(
                                                name.substring(bucket.length()),
                                                objects.getOrDefault(name, new byte[0]).length))
                        .collect(Collectors.joining());
        return XML
                + "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>"
                + contents
                + "</ListBucketResult>";
    }

    /// Gives all objects names that begin otherwise.
    void rename(String from, String to) {
        for (String name : List.copyOf(objects.keySet())) {
            if (name.startsWith(from)) {
                objects.put(to + name.substring(from.length()), objects.remove(name));
            }
        }
    }

    /// Returns the names of all objects, behind a slash and the bucket.
    List<String> names() {
        return objects.keySet().stream().sorted().toList();
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
