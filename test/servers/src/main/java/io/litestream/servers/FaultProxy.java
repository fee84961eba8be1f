package io.litestream.servers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// Stands between a client and a server of HTTP/1.1, and does to each request what it is told to.
///
/// A message is read whole before it goes on, so that a request is either done or not. Any thread
/// may change what is to be done.
public final class FaultProxy implements AutoCloseable {

    private static final int PIECE = 16 * 1024;

    private final URI server;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private volatile Function<HttpMessage, Fault> plan = _ -> new Fault.None();
    private volatile boolean closed;

    private FaultProxy(URI server, ServerSocket listener) {
        this.server = server;
        this.listener = listener;
    }

    /// Listens on a free port of this machine, in front of a server.
    public static FaultProxy before(URI server) throws IOException {
        FaultProxy proxy =
                new FaultProxy(server, new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
        return proxy;
    }

    /// Returns the address to use instead of the server's.
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /// Asks this for each request from now on. What waits, waits on.
    ///
    /// @param next called by many threads at once
    public void plan(Function<HttpMessage, Fault> next) {
        plan = next;
    }

    /// Returns how many requests have come.
    public long requests() {
        return requests.get();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                client.setTcpNoDelay(true);
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            var request = HttpMessage.readRequest(in, out);
            while (request.isPresent() && answer(client, out, request.get())) {
                request = HttpMessage.readRequest(in, out);
            }
        } catch (IOException | InterruptedException _) {
            // one of the two has gone, as a fault may have wanted
        } finally {
            open.remove(client);
        }
    }

    /// Returns whether the connection goes on.
    private boolean answer(Socket client, OutputStream out, HttpMessage request)
            throws IOException, InterruptedException {
        requests.incrementAndGet();
        switch (plan.apply(request)) {
            case Fault.None() -> send(out, forward(request), Long.MAX_VALUE);
            case Fault.Delay(Duration time) -> {
                Thread.sleep(time);
                send(out, forward(request), Long.MAX_VALUE);
            }
            case Fault.Slow(long rate) -> {
                pace(request.body().length, rate);
                send(out, forward(request), rate);
            }
            case Fault.ResetBefore() -> {
                return reset(client);
            }
            case Fault.ResetAfter() -> {
                forward(request);
                return reset(client);
            }
            case Fault.Truncate() -> {
                sendHalf(out, forward(request));
                return false;
            }
            case Fault.Corrupt() -> send(out, corrupted(forward(request)), Long.MAX_VALUE);
            case Fault.BlackHole() -> awaitEnd(client);
            case Fault.Hang() -> {
                sendHalf(out, forward(request));
                awaitEnd(client);
            }
            case Fault.Refuse(int status, List<String> headers) ->
                    out.write(refusal(status, headers));
            case Fault.Repeat(Duration later) -> {
                HttpMessage answer = forward(request);
                Thread.ofVirtual().start(() -> repeat(request, later));
                send(out, answer, Long.MAX_VALUE);
            }
        }
        out.flush();
        return true;
    }

    private HttpMessage forward(HttpMessage request) throws IOException {
        try (Socket socket = new Socket()) {
            open.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
                socket.setTcpNoDelay(true);
                OutputStream out = socket.getOutputStream();
                out.write(request.headBytes());
                out.write(request.body());
                out.flush();
                InputStream in = new BufferedInputStream(socket.getInputStream());
                return HttpMessage.readAnswer(in, request.method());
            } finally {
                open.remove(socket);
            }
        }
    }

    private void repeat(HttpMessage request, Duration later) {
        try {
            Thread.sleep(later);
            forward(request);
        } catch (IOException | InterruptedException _) {
            // nobody waits for it
        }
    }

    private static void send(OutputStream out, HttpMessage answer, long rate)
            throws IOException, InterruptedException {
        out.write(answer.headBytes());
        byte[] body = answer.body();
        for (int at = 0; at < body.length; at += PIECE) {
            int length = Math.min(PIECE, body.length - at);
            pace(length, rate);
            out.write(body, at, length);
        }
    }

    private static void sendHalf(OutputStream out, HttpMessage answer) throws IOException {
        out.write(answer.headBytes());
        out.write(answer.body(), 0, answer.body().length / 2);
        out.flush();
    }

    private static HttpMessage corrupted(HttpMessage answer) {
        byte[] body = answer.body().clone();
        if (body.length > 0) {
            body[body.length / 2] ^= 0x20;
        }
        return new HttpMessage(answer.head(), body);
    }

    private static byte[] refusal(int status, List<String> headers) {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Refused\r\n");
        headers.forEach(header -> text.append(header).append("\r\n"));
        text.append("Content-Length: 0\r\n\r\n");
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Waits until the client gives up.
    private static void awaitEnd(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        while (in.read() >= 0) {
            // what still comes is swallowed
        }
    }

    private static boolean reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        client.close();
        return false;
    }

    private static void pace(int bytes, long rate) throws InterruptedException {
        if (rate < Long.MAX_VALUE) {
            Thread.sleep(Duration.ofNanos(bytes * 1_000_000_000L / rate));
        }
    }
}
