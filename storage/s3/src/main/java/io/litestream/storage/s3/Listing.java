package io.litestream.storage.s3;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lists objects, page by page as the server gives them.
final class Listing {

    private static final int PAGE = 1000;

    private final Link link;
    private final Requests requests;

    Listing(Link link, Requests requests) {
        this.link = link;
        this.requests = requests;
    }

    /// Returns at most `limit` objects below a prefix, from the first whose key is greater than
    /// `prefix/after`.
    List<ObjectInfo> list(ObjectKey prefix, String after, int limit) throws StorageException {
        String below = prefix.value() + "/";
        String start = below + after;
        List<ObjectInfo> found = new ArrayList<>();
        String next = null;
        do {
            ListObjectsV2Response page =
                    page(below, start, next, Math.min(PAGE, limit - found.size()));
            for (S3Object object : page.contents()) {
                info(object, start).ifPresent(found::add);
            }
            next = isCutOff(page) ? page.nextContinuationToken() : null;
            if (next == null && isCutOff(page) && found.size() < limit) {
                throw new StorageException.Rejected(
                        "cannot list objects below %s: the answer says that there are more, but not how to ask for them (NextContinuationToken); this server does not know the second version of listings"
                                .formatted(below),
                        null);
            }
        } while (next != null && found.size() < limit);
        return List.copyOf(found);
    }

    /// A part of a listing that is taken for the whole would hide files that exist.
    private static boolean isCutOff(ListObjectsV2Response page) {
        return Boolean.TRUE.equals(page.isTruncated());
    }

    private ListObjectsV2Response page(
            String prefix, String start, @Nullable String next, int limit) throws StorageException {
        ListObjectsV2Request.Builder request = requests.list(prefix).maxKeys(limit);
        if (next != null) {
            request.continuationToken(next);
        } else if (start.length() > prefix.length()) {
            request.startAfter(requests.name(start));
        }
        String attempt = "list objects below " + prefix;
        return link.call(attempt, client -> answer(client, request.build(), attempt));
    }

    /// An answer that does not even name the bucket was not made by a store.
    private static ListObjectsV2Response answer(
            S3Client client, ListObjectsV2Request request, String attempt) throws StorageException {
        ListObjectsV2Response answer = client.listObjectsV2(request);
        if (answer.name() == null && answer.isTruncated() == null) {
            throw new StorageException.Rejected(
                    "cannot %s: the answer is no listing; correct the endpoint".formatted(attempt),
                    null);
        }
        return answer;
    }

    /// Not every server knows where to start, and not every name is one of ours.
    private Optional<ObjectInfo> info(S3Object object, String start) {
        String key = requests.key(object.key());
        if (ObjectKey.BYTE_ORDER.compare(key, start) <= 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ObjectInfo(new ObjectKey(key), object.size(), object.lastModified()));
        } catch (IllegalArgumentException _) { // such as the name of a directory
            return Optional.empty();
        }
    }
}
