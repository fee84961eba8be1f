package io.litestream.cli.command;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Writes an object to a destination, reads it, and deletes it, to find out what is allowed there.
final class RightsCheck {

    private static final ObjectKey KEY = ObjectKey.of("_ctl", "probe");

    private final ObjectStore store;
    private final Clock clock;
    private final List<String> lacks = new ArrayList<>();

    RightsCheck(ObjectStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Returns what replication would have to do without.
    ///
    /// @throws IOException if a replica cannot be there: writing and reading are the least
    List<String> run() throws IOException {
        byte[] content =
                "litestream probe %s%n"
                        .formatted(clock.instant())
                        .toLowerCase(Locale.ROOT)
                        .getBytes(StandardCharsets.UTF_8);
        store.replace(KEY, clock.instant(), out -> out.write(content));
        read(content);
        try {
            store.list(ObjectKey.of("_ctl"), "", 1);
        } catch (StorageException.Denied e) {
            lacks.add("may not be listed: the catalog tells what there is");
        }
        try {
            store.delete(KEY);
        } catch (StorageException.Denied e) {
            lacks.add(
                    "nothing may be deleted: retention is not possible, and %s stays"
                            .formatted(KEY));
        }
        return List.copyOf(lacks);
    }

    private void read(byte[] content) throws IOException {
        try (InputStream in = store.open(KEY)) {
            if (!Arrays.equals(in.readAllBytes(), content)) {
                throw new IOException(
                        "object %s does not hold what was written; does somebody else write there?"
                                .formatted(KEY));
            }
        } catch (StorageException.NotFound e) {
            throw new IOException(
                    "cannot read %s, which was just written: allow to get objects, too"
                            .formatted(KEY),
                    e);
        }
    }
}
