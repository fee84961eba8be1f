package io.litestream.storage.s3;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;

/// Sends requests, each with a deadline, and takes no web page for an answer.
final class WatchedHttpClient implements SdkHttpClient {

    private static final int NO_CONTENT = 204;
    private static final int REFUSALS = 400;

    private final SdkHttpClient client;
    private final Deadlines deadlines;
    private final Timeouts timeouts;

    WatchedHttpClient(SdkHttpClient client, Deadlines deadlines, Timeouts timeouts) {
        this.client = client;
        this.deadlines = deadlines;
        this.timeouts = timeouts;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Call(request);
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    /// Leaves the deadlines to their owner.
    @Override
    public void close() {
        client.close();
    }

    /// Something else than the store has answered.
    @SuppressWarnings("serial") // never serialized
    static final class WebPageException extends IOException {
        WebPageException(int status) {
            super("a web page came, with status " + status);
        }
    }

    private final class Call implements ExecutableHttpRequest {

        private final Patience patience;
        private final ExecutableHttpRequest call;
        private final Deadlines.Watch watch;

        Call(HttpExecuteRequest request) {
            this.patience = Patience.of(request.httpRequest());
            HttpExecuteRequest.Builder watched =
                    HttpExecuteRequest.builder().request(request.httpRequest());
            request.contentStreamProvider()
                    .ifPresent(content -> watched.contentStreamProvider(moving(content)));
            this.call = client.prepareRequest(watched.build());
            this.watch = deadlines.watch(limit(), call::abort);
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            boolean answered = false;
            try {
                HttpExecuteResponse response = call.call();
                refusePage(response);
                answered = patience != Patience.DOWNLOAD && response.responseBody().isPresent();
                return answered ? withWatchedBody(response) : response;
            } catch (IOException e) {
                throw judged(e);
            } finally {
                if (!answered) {
                    watch.close();
                }
            }
        }

        @Override
        public void abort() {
            call.abort();
        }

        private Duration limit() {
            return switch (patience) {
                case CALL, DOWNLOAD -> timeouts.call();
                case ASSEMBLY -> timeouts.assembly();
            };
        }

        private ContentStreamProvider moving(ContentStreamProvider content) {
            return () -> new Moving(content.newStream());
        }

        private HttpExecuteResponse withWatchedBody(HttpExecuteResponse response) {
            AbortableInputStream body = response.responseBody().orElseThrow();
            return HttpExecuteResponse.builder()
                    .response(response.httpResponse())
                    .responseBody(AbortableInputStream.create(new Body(body), body))
                    .build();
        }

        /// A page in place of an object may be the object; an error may come as a page.
        private void refusePage(HttpExecuteResponse response) throws WebPageException {
            SdkHttpResponse answer = response.httpResponse();
            if (patience != Patience.DOWNLOAD
                    && answer.statusCode() < REFUSALS
                    && header(answer, "Content-Type").startsWith("text/html")
                    && !isStoredOrDeleted(answer)) {
                call.abort();
                throw new WebPageException(answer.statusCode());
            }
        }

        /// Some servers (moto, for one) call what has no body a page, too.
        private static boolean isStoredOrDeleted(SdkHttpResponse answer) {
            return answer.statusCode() == NO_CONTENT
                    || (header(answer, "Content-Length").equals("0")
                            && !header(answer, "ETag").isEmpty());
        }

        private static String header(SdkHttpResponse answer, String name) {
            return answer.firstMatchingHeader(name).orElse("").toLowerCase(Locale.ROOT);
        }

        private IOException judged(IOException failure) {
            if (!watch.expired()) {
                return failure;
            }
            IOException late =
                    new SocketTimeoutException(
                            "no answer within " + watch.limit().toSeconds() + " s");
            late.addSuppressed(failure);
            return late;
        }

        /// The content of the request.
        private final class Moving extends FilterInputStream {

            Moving(InputStream content) {
                super(content);
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                watch.moved();
                return super.read(to, offset, length);
            }
        }

        /// A small answer, which is part of the call.
        private final class Body extends FilterInputStream {

            Body(InputStream body) {
                super(body);
            }

            @Override
            public int read() throws IOException {
                try {
                    return super.read();
                } catch (IOException e) {
                    throw judged(e);
                }
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                try {
                    return super.read(to, offset, length);
                } catch (IOException e) {
                    throw judged(e);
                }
            }

            @Override
            public void close() throws IOException {
                watch.close();
                super.close();
            }
        }
    }
}
