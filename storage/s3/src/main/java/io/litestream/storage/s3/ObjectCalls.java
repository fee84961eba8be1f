package io.litestream.storage.s3;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/// What is asked of a bucket about single objects, each one request and its answer.
final class ObjectCalls {

    static final String CONTENT_TYPE = "application/octet-stream";

    private static final int NOT_FOUND = 404;
    private static final int TAKEN = 412;
    private static final int BEYOND_THE_END = 416;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int SERVER_ERRORS = 500;

    private final Link link;
    private final Requests requests;

    /// Whether the bucket is known to exist, so that what is missing is an object.
    private volatile boolean bucketSeen;

    ObjectCalls(Link link, Requests requests) {
        this.link = link;
        this.requests = requests;
    }

    /// What became of an upload.
    enum Outcome {
        STORED,

        /// The key holds an object already, which stays.
        TAKEN,

        /// The server does not know the condition. Nothing is stored.
        CONDITION_UNKNOWN
    }

    /// An object as the store describes it.
    record Found(long size, String etag, Instant created) {
        ObjectInfo info(ObjectKey key) {
            return new ObjectInfo(key, size, created);
        }
    }

    Outcome put(ObjectKey key, Instant created, Buffer content, Requests.Condition condition)
            throws StorageException {
        return link.call(
                "create object " + key,
                client ->
                        stored(() ->
                                client.putObject(
                                        requests.put(key, created, content.md5(), condition),
                                        body(content))));
    }

    /// Runs an upload, and returns what became of it if that is not a failure.
    static Outcome stored(Runnable upload) {
        try {
            upload.run();
            return Outcome.STORED;
        } catch (S3Exception e) {
            return switch (e.statusCode()) {
                case TAKEN -> Outcome.TAKEN;
                case NOT_IMPLEMENTED -> Outcome.CONDITION_UNKNOWN;
                default -> throw e;
            };
        }
    }

    static RequestBody body(Buffer content) {
        return RequestBody.fromContentProvider(content::stream, content.length(), CONTENT_TYPE);
    }

    /// Returns what the store tells of an object, or nothing if there is none.
    Optional<Found> head(ObjectKey key) throws StorageException {
        return link.call("look at object " + key, client -> found(client, key));
    }

    /// Opens a part of an object, or nothing if the part is beyond the object's end.
    ///
    /// @param length more than 0
    /// @throws StorageException.NotFound if there is no such object
    Optional<InputStream> get(ObjectKey key, long offset, long length) throws StorageException {
        boolean isWhole = offset == 0 && length == Long.MAX_VALUE;
        Optional<String> range = isWhole ? Optional.empty() : Optional.of(range(offset, length));
        return link.call(
                "read object " + key,
                client -> {
                    try {
                        var body = client.getObject(requests.get(key, range));
                        bucketSeen = true;
                        return Optional.of(DownloadStream.of(key, body, offset));
                    } catch (S3Exception e) {
                        if (isAbsent(e)) {
                            throw new StorageException.NotFound(key);
                        }
                        if (e.statusCode() == BEYOND_THE_END) {
                            return Optional.empty();
                        }
                        throw e;
                    }
                });
    }

    void delete(ObjectKey key) throws StorageException {
        link.call(
                "delete object " + key,
                client -> {
                    try {
                        client.deleteObject(requests.delete(key));
                    } catch (S3Exception e) {
                        if (!isAbsent(e)) {
                            throw e;
                        }
                    }
                    return key;
                });
    }

    private Optional<Found> found(S3Client client, ObjectKey key) {
        try {
            HeadObjectResponse response = client.headObject(requests.head(key));
            bucketSeen = true;
            Long length = response.contentLength();
            if (length == null) {
                throw SdkClientException.create("the answer about an object has no Content-Length");
            }
            Instant modified = Objects.requireNonNullElse(response.lastModified(), Instant.EPOCH);
            return Optional.of(
                    new Found(
                            length,
                            Objects.requireNonNullElse(response.eTag(), ""),
                            Timestamp.of(response.metadata()).orElse(modified)));
        } catch (S3Exception e) {
            if (e.statusCode() >= SERVER_ERRORS) {
                throw e;
            }
            if (e.statusCode() != NOT_FOUND || !bucketSeen) {
                explain(client, key, e);
            }
            return Optional.empty();
        }
    }

    /// Asks again in a way that is answered with a reason, and returns if the refusal means that
    /// there is no such object. Where an answer has no content, a bucket that is missing looks like
    /// an object that is, and a wrong key like a lacking right.
    private void explain(S3Client client, ObjectKey key, S3Exception refusal) {
        try {
            client.getObject(requests.get(key, Optional.of(range(0, 1)))).abort();
        } catch (S3Exception e) {
            if (!isAbsent(e)) {
                throw e;
            }
        }
        bucketSeen = true;
        if (refusal.statusCode() != NOT_FOUND) {
            throw refusal;
        }
    }

    private static boolean isAbsent(S3Exception refusal) {
        return refusal.statusCode() == NOT_FOUND && S3Failure.code(refusal).equals("NoSuchKey");
    }

    private static String range(long offset, long length) {
        return length > Long.MAX_VALUE - offset
                ? "bytes=%d-".formatted(offset)
                : "bytes=%d-%d".formatted(offset, offset + length - 1);
    }
}
