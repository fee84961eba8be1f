package io.litestream.servers;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A request or an answer of HTTP/1.1 as it was sent, body and all.
public final class HttpMessage {

    private static final int MAX_LINE = 1 << 16;

    private final List<String> head;
    private final byte[] body;

    /// @param head the first line and the headers, each without its line end
    /// @param body as it was sent, with the lengths of its chunks if it has chunks
    HttpMessage(List<String> head, byte[] body) {
        this.head = List.copyOf(head);
        this.body = body;
    }

    List<String> head() {
        return head;
    }

    byte[] body() {
        return body;
    }

    /// Returns the first word: a request's method.
    public String method() {
        return word(0);
    }

    /// Returns the second word: a request's path and query, or an answer's status.
    public String target() {
        return word(1);
    }

    private String word(int index) {
        return head.getFirst().split(" ", 3)[index];
    }

    /// Returns the value of a header; empty if there is none.
    public Optional<String> header(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
    }

    /// Reads a request; answers an `Expect: 100-continue` at once. Empty if the stream has ended.
    static Optional<HttpMessage> readRequest(InputStream in, OutputStream out) throws IOException {
        List<String> head = readHead(in);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        HttpMessage request = new HttpMessage(head, new byte[0]);
        if (request.header("expect").isPresent()) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            head =
                    head.stream()
                            .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("expect:"))
                            .toList();
        }
        return Optional.of(new HttpMessage(head, request.readBody(in, false)));
    }

    /// Reads the answer to a request of this method.
    static HttpMessage readAnswer(InputStream in, String method) throws IOException {
        List<String> head = readHead(in);
        while (!head.isEmpty() && head.getFirst().contains(" 100")) {
            head = readHead(in);
        }
        if (head.isEmpty()) {
            throw new EOFException("no answer");
        }
        HttpMessage answer = new HttpMessage(head, new byte[0]);
        String status = answer.target();
        boolean none = method.equals("HEAD") || status.equals("204") || status.equals("304");
        return new HttpMessage(head, none ? new byte[0] : answer.readBody(in, true));
    }

    /// Returns the bytes of first line and headers, with the empty line behind them.
    byte[] headBytes() {
        return (String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] readBody(InputStream in, boolean untilEnd) throws IOException {
        if (header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
            return readChunks(in);
        }
        Optional<Integer> length = header("content-length").map(Integer::parseInt);
        if (length.isEmpty()) {
            return untilEnd ? in.readAllBytes() : new byte[0];
        }
        byte[] body = in.readNBytes(length.get());
        if (body.length < length.get()) {
            throw new EOFException("a body ends after " + body.length);
        }
        return body;
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = readLine(in);
            body.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            int count = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            body.writeBytes(in.readNBytes(count));
            body.writeBytes((readLine(in) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (count == 0) {
                return body.toByteArray();
            }
        }
    }

    private static List<String> readHead(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = readLine(in);
            if (line.isEmpty()) {
                return lines;
            }
            lines.add(line);
        }
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0 && b != '\n') {
            line.write(b);
            if (line.size() > MAX_LINE) {
                throw new IOException("a line of more than " + MAX_LINE + " bytes");
            }
            b = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
