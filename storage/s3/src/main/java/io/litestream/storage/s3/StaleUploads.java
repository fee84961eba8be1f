package io.litestream.storage.s3;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import software.amazon.awssdk.services.s3.model.MultipartUpload;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Gives up uploads that a crash has left half-done beside our objects: their parts are seen by
/// nobody, and paid for. All this is as good as it goes, and fails nothing.
final class StaleUploads {

    private static final System.Logger LOG = System.getLogger(StaleUploads.class.getName());

    /// How long somebody else's upload is left alone.
    private static final Duration AGE = Duration.ofHours(6);

    /// How often the uploads of a place are listed at most.
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final MultipartCalls calls;
    private final Clock clock;

    /// The uploads of this store that are under way.
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    private final Map<String, Instant> looked = new ConcurrentHashMap<>();

    StaleUploads(MultipartCalls calls, Clock clock) {
        this.calls = calls;
        this.clock = clock;
    }

    void began(String upload) {
        live.add(upload);
    }

    void ended(String upload) {
        live.remove(upload);
    }

    /// Looks at the uploads beside an object, unless that was done not long ago. Another upload of
    /// the very object can only be a former one of ours; others must be old.
    void giveUpBeside(ObjectKey key) {
        if (!key.value().contains("/")) {
            return; // beside it is the whole bucket, which may be others' too
        }
        String place = key.value().substring(0, key.value().lastIndexOf('/') + 1);
        Instant now = clock.instant();
        Instant before = looked.getOrDefault(place, Instant.MIN);
        if (before.isAfter(now.minus(INTERVAL))) {
            return;
        }
        looked.put(place, now);
        try {
            for (MultipartUpload upload : calls.unfinished(place)) {
                boolean isStale =
                        upload.key().equals(key.value())
                                || upload.initiated().plus(AGE).isBefore(now);
                if (isStale && !live.contains(upload.uploadId())) {
                    abort(upload.key(), upload.uploadId());
                }
            }
        } catch (StorageException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "cannot look for uploads that were left half-done",
                    e);
        }
    }

    void abort(String key, String upload) {
        try {
            calls.abort(key, upload);
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot give up a half-done upload", e);
        }
    }
}
