package io.litestream.storage.s3;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.s3.ObjectCalls.Found;
import io.litestream.storage.s3.ObjectCalls.Outcome;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/// Stores objects: in one request what fits into a part, in parts what does not.
///
/// A new object is sent under the condition that there is none. Where the server is not known to
/// honour that, it is also looked at before. A key that is taken by equal content is a success,
/// whoever put it there; so an upload whose outcome is unknown can be repeated.
final class Creation {

    /// How often a creation tries to settle with an object that comes and goes.
    private static final int ATTEMPTS = 5;

    private final ObjectCalls calls;
    private final MultipartCalls multipartCalls;
    private final S3Options options;
    private final Clock clock;
    private final StaleUploads stale;
    private final Exclusivity exclusivity;

    Creation(
            ObjectCalls calls,
            MultipartCalls multipartCalls,
            S3Options options,
            Exclusivity exclusivity,
            Clock clock) {
        this.calls = calls;
        this.multipartCalls = multipartCalls;
        this.options = options;
        this.clock = clock;
        this.stale = new StaleUploads(multipartCalls, clock);
        this.exclusivity = exclusivity;
    }

    void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        Collector collector = new Collector(options.partSize(), () -> beginNew(key, created));
        try {
            collect(content, collector);
            Multipart multipart = collector.multipart();
            if (multipart == null) {
                createSmall(key, created, collector.rest());
            } else {
                multipart.add(collector.rest());
                createLarge(key, content, multipart);
            }
        } catch (TakenException _) {
            requireEqual(key, content);
        } finally {
            collector.abandon();
        }
    }

    void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        Collector collector = new Collector(options.partSize(), () -> begin(key, created));
        try {
            collect(content, collector);
            Multipart multipart = collector.multipart();
            if (multipart == null) {
                calls.put(key, created, collector.rest(), Requests.Condition.NONE);
            } else {
                multipart.add(collector.rest());
                multipart.complete(Requests.Condition.NONE);
            }
        } finally {
            collector.abandon();
        }
    }

    /// A failure of the store counts, whatever the content makes of it.
    private static void collect(ObjectContent content, Collector collector) throws IOException {
        try {
            content.writeTo(collector);
        } catch (IOException | RuntimeException e) {
            IOException ofStore = collector.failure();
            if (ofStore != null) {
                throw ofStore;
            }
            throw e;
        }
    }

    private Multipart beginNew(ObjectKey key, Instant created) throws IOException {
        if (look(key).isPresent()) {
            throw new TakenException();
        }
        return begin(key, created);
    }

    private Multipart begin(ObjectKey key, Instant created) throws StorageException {
        stale.giveUpBeside(key);
        String upload = multipartCalls.begin(key, created);
        return Multipart.begin(multipartCalls, key, upload, options, clock, stale);
    }

    private void createLarge(ObjectKey key, ObjectContent content, Multipart multipart)
            throws IOException {
        // Also where the condition is honoured: the key was free when the upload began, perhaps
        // hours ago, and what holds for one request need not hold for the end of many.
        Outcome outcome =
                look(key).isPresent() ? Outcome.TAKEN : multipart.complete(exclusivity.condition());
        if (outcome == Outcome.CONDITION_UNKNOWN) {
            exclusivity.learn(outcome);
            outcome = multipart.complete(exclusivity.condition());
        }
        if (outcome != Outcome.STORED) {
            requireEqual(key, content);
        }
    }

    private void createSmall(ObjectKey key, Instant created, Buffer content) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<Found> before = exclusivity.isHonoured() ? Optional.empty() : look(key);
            if (before.isPresent() && isSettled(key, before.get(), content)) {
                return;
            }
            switch (calls.put(key, created, content, exclusivity.condition())) {
                case STORED -> {
                    exclusivity.findOut(
                            () -> calls.put(key, created, content, Requests.Condition.IF_ABSENT));
                    return;
                }
                case TAKEN -> {
                    exclusivity.learn(Outcome.TAKEN);
                    Optional<Found> found = calls.head(key);
                    if (found.isPresent() && isSettled(key, found.get(), content)) {
                        return;
                    }
                }
                case CONDITION_UNKNOWN -> exclusivity.learn(Outcome.CONDITION_UNKNOWN);
            }
        }
        throw comesAndGoes(key);
    }

    /// Returns what is at a key, and nothing also where the right to look is lacking: then an
    /// object that is absent is not told from one that is not shown.
    private Optional<Found> look(ObjectKey key) throws StorageException {
        try {
            return calls.head(key);
        } catch (StorageException.Denied _) {
            return Optional.empty();
        }
    }

    /// Tells that an object has the content; or that it has gone.
    ///
    /// @throws StorageException.Conflict if it has another
    private boolean isSettled(ObjectKey key, Found found, Buffer content) throws IOException {
        if (found.size() != content.length()) {
            throw new StorageException.Conflict(key);
        }
        String md5 = HexFormat.of().formatHex(content.md5());
        if (found.etag().replace("\"", "").equals(md5) || content.length() == 0) {
            return true;
        }
        return isSettled(key, out -> out.write(content.array(), 0, content.length()));
    }

    private boolean isSettled(ObjectKey key, ObjectContent content) throws IOException {
        Optional<InputStream> there;
        try {
            there = calls.get(key, 0, Long.MAX_VALUE);
        } catch (StorageException.NotFound _) {
            return false;
        }
        try (InputStream in = there.orElseThrow()) {
            if (!Comparison.isEqual(content, in)) {
                throw new StorageException.Conflict(key);
            }
            return true;
        }
    }

    private void requireEqual(ObjectKey key, ObjectContent content) throws IOException {
        if (!isSettled(key, content)) {
            throw comesAndGoes(key);
        }
    }

    private static StorageException comesAndGoes(ObjectKey key) {
        return new StorageException.Unavailable(
                "cannot create object %s: it comes and goes".formatted(key), null);
    }

    /// Ends a content of which the first part shows that its key is taken.
    @SuppressWarnings("serial") // never serialized
    private static final class TakenException extends IOException {
        TakenException() {
            super("the key holds an object");
        }
    }
}
