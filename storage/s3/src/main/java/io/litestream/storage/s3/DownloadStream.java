package io.litestream.storage.s3;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The content of an object, or a part of it, as it comes. An end before the length that was told
/// is a failure, not an end.
final class DownloadStream extends InputStream {

    /// How much is rather read to keep the connection than left to open another.
    private static final int WORTH_READING = 64 << 10;

    private static final long UNKNOWN = -1;

    private final ObjectKey key;
    private final ResponseInputStream<GetObjectResponse> body;
    private long left;

    private DownloadStream(
            ObjectKey key, ResponseInputStream<GetObjectResponse> body, long length) {
        this.key = key;
        this.body = body;
        this.left = length;
    }

    /// Returns the content of an answer to a request for an object from an offset on.
    ///
    /// @throws StorageException.Unavailable if the answer has another part of the object
    static InputStream of(ObjectKey key, ResponseInputStream<GetObjectResponse> body, long offset)
            throws StorageException {
        String range = body.response().contentRange();
        boolean fits =
                range == null ? offset == 0 : range.startsWith("bytes %d-".formatted(offset));
        if (!fits) {
            body.abort();
            throw new StorageException.Unavailable(
                    "cannot read object %s: asked for what begins at %d, and got %s"
                            .formatted(key, offset, range == null ? "the whole" : range),
                    null);
        }
        Long length = body.response().contentLength();
        return new DownloadStream(key, body, Objects.requireNonNullElse(length, UNKNOWN));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (left == 0 || length == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = body.read(to, offset, length);
        if (left == UNKNOWN) {
            return read;
        }
        if (read < 0) {
            throw new IOException("object %s ended with %d bytes missing".formatted(key, left));
        }
        left -= read;
        return read;
    }

    @Override
    public int available() throws IOException {
        return left == 0 ? 0 : body.available();
    }

    @Override
    public void close() throws IOException {
        if (left > WORTH_READING || left == UNKNOWN) {
            body.abort();
            return;
        }
        try {
            skipNBytes(left);
            body.close();
        } catch (IOException _) {
            body.abort(); // nobody wants the rest
        }
    }
}
