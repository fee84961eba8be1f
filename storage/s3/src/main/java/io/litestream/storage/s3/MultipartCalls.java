package io.litestream.storage.s3;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

import java.time.Instant;
import java.util.List;

/// What is asked of a bucket about objects that are uploaded in parts, each one request and its
/// answer.
final class MultipartCalls {

    private final Link link;
    private final Requests requests;

    MultipartCalls(Link link, Requests requests) {
        this.link = link;
        this.requests = requests;
    }

    /// Begins an upload, and returns its id.
    String begin(ObjectKey key, Instant created) throws StorageException {
        return link.call(
                "begin an upload of object " + key,
                client -> client.createMultipartUpload(requests.begin(key, created)).uploadId());
    }

    CompletedPart part(ObjectKey key, String upload, int number, Buffer content)
            throws StorageException {
        return link.call(
                "upload part %d of object %s".formatted(number, key),
                client -> {
                    String etag =
                            client.uploadPart(
                                            requests.part(key, upload, number, content.md5()),
                                            ObjectCalls.body(content))
                                    .eTag();
                    return CompletedPart.builder().partNumber(number).eTag(etag).build();
                });
    }

    ObjectCalls.Outcome complete(
            ObjectKey key, String upload, List<CompletedPart> parts, Requests.Condition condition)
            throws StorageException {
        return link.call(
                "complete the upload of object " + key,
                client ->
                        ObjectCalls.stored(() ->
                                client.completeMultipartUpload(
                                        requests.complete(key, upload, parts, condition))));
    }

    void abort(String key, String upload) throws StorageException {
        link.call(
                "give up the upload of object " + key,
                client -> client.abortMultipartUpload(requests.abort(key, upload)));
    }

    /// Returns uploads below a prefix that nobody has completed: the first thousand.
    List<MultipartUpload> unfinished(String prefix) throws StorageException {
        return link.call(
                "list uploads below " + prefix,
                client ->
                        client.listMultipartUploads(requests.uploads(prefix)).uploads().stream()
                                .map(this::byKey)
                                .toList());
    }

    private MultipartUpload byKey(MultipartUpload upload) {
        return upload.toBuilder().key(requests.key(upload.key())).build();
    }
}
