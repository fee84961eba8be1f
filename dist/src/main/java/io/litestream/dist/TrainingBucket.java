package io.litestream.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server that lists and gives the files of a local replica as S3 would, as far as a restore asks
/// it to, and takes other objects into memory. It takes every signature.
final class TrainingBucket implements AutoCloseable {

    static final String NAME = "training";
    static final String REPLICA = "app";

    private static final Pattern LISTED = Pattern.compile("prefix=" + REPLICA + "%2F(\\w{4})%2F");
    private static final Pattern OBJECT =
            Pattern.compile("/" + NAME + "/" + REPLICA + "/(\\w{4})/([-\\w]+\\.ltx)");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final int HEXADECIMAL = 16;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private static final int EXISTS = 412;

    private final Path replica;
    private final HttpServer server;
    private final Map<String, byte[]> taken = new ConcurrentHashMap<>();

    /// Begins to answer, on a port of this machine alone.
    TrainingBucket(Path replica) throws IOException {
        this.replica = replica;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher object = OBJECT.matcher(path);
        String query = exchange.getRequestURI().getRawQuery();
        byte[] held = taken.get(path);
        if (exchange.getRequestMethod().equals("PUT")) {
            take(exchange, path);
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            taken.remove(path);
            exchange.sendResponseHeaders(NO_CONTENT, -1);
            exchange.close();
        } else if (held != null) {
            give(exchange, held);
        } else if (query != null && query.contains("list-type=2")) {
            Matcher listed = LISTED.matcher(query);
            answer(exchange, OK, listing(listed.find() ? level(listed.group(1)) : List.of()));
        } else if (object.matches()) {
            Path file = folder(object.group(1)).resolve(object.group(2));
            give(exchange, Files.readAllBytes(file));
        } else {
            answer(exchange, NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>");
        }
    }

    private void take(HttpExchange exchange, String path) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        boolean mustBeNew = exchange.getRequestHeaders().containsKey("If-None-Match");
        if (mustBeNew && taken.containsKey(path)) {
            answer(exchange, EXISTS, "<Error><Code>PreconditionFailed</Code></Error>");
            return;
        }
        taken.put(path, content);
        exchange.getResponseHeaders().set("ETag", "\"0\"");
        send(exchange, OK, content, 0, 0);
    }

    private Path folder(String level) {
        return replica.resolve("ltx")
                .resolve(Integer.toString(Integer.parseInt(level, HEXADECIMAL)));
    }

    private List<String> level(String level) throws IOException {
        Path folder = folder(level);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".ltx"))
                    .sorted()
                    .map(name -> entry(level, name))
                    .toList();
        }
    }

    private String entry(String level, String name) {
        return "<Contents><Key>%s/%s/%s</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><Size>%d</Size></Contents>"
                .formatted(REPLICA, level, name, folder(level).resolve(name).toFile().length());
    }

    private static String listing(List<String> entries) {
        return "<ListBucketResult><Name>%s</Name><IsTruncated>false</IsTruncated>%s</ListBucketResult>"
                .formatted(NAME, String.join("", entries));
    }

    private static void give(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        Matcher bounds = RANGE.matcher(range == null ? "" : range);
        if (!bounds.matches()) {
            send(exchange, OK, content, 0, content.length);
            return;
        }
        int from = Integer.parseInt(bounds.group(1));
        int to = (int) Math.min(content.length, Long.parseLong(bounds.group(2)) + 1);
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
        send(exchange, PARTIAL, content, from, to - from);
    }

    private static void answer(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] bytes = xml.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        send(exchange, status, bytes, 0, bytes.length);
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes, int from, int length)
            throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(bytes, from, length);
            }
        }
    }
}
