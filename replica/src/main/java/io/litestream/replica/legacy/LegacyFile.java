package io.litestream.replica.legacy;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of a replica of Litestream 0.3, as a listing tells of it. Its content is one LZ4 frame.
///
/// | Key                                                        | Content                        |
/// |------------------------------------------------------------|--------------------------------|
/// | `generations/<generation>/snapshots/<index>.snapshot.lz4`  | the database file              |
/// | `generations/<generation>/wal/<index>_<offset>.wal.lz4`    | the WAL's bytes from an offset |
///
/// An index is eight hexadecimal digits, an offset eight to sixteen. A snapshot was copied while
/// the WAL of its index was being written, and may hold any of its pages already.
public sealed interface LegacyFile {

    /// Returns the key, by which people find the file.
    ObjectKey key();

    /// Returns the generation that it belongs to.
    Generation generation();

    /// Returns the WAL that it is of, or that follows it.
    WalIndex index();

    /// Returns how many bytes the object has.
    long size();

    /// Returns when it was stored. No time is in the file itself.
    Instant created();

    /// A whole database.
    record Snapshot(
            ObjectKey key, Generation generation, WalIndex index, long size, Instant created)
            implements LegacyFile {

        @Override
        public String toString() {
            return key.value();
        }
    }

    /// A part of a WAL.
    ///
    /// @param offset where in the WAL it begins, in bytes
    record Segment(
            ObjectKey key,
            Generation generation,
            WalIndex index,
            long offset,
            long size,
            Instant created)
            implements LegacyFile {

        @Override
        public String toString() {
            return key.value();
        }
    }

    /// Returns the file that an object is, or nothing if its key is not that of one.
    static Optional<LegacyFile> of(ObjectInfo object) {
        Matcher name = Names.FORM.matcher(object.key().value());
        if (!name.matches()) {
            return Optional.empty();
        }
        Generation generation = new Generation(name.group(Names.GENERATION));
        if (name.group(Names.SNAPSHOT) != null) {
            return Optional.of(
                    new Snapshot(
                            object.key(),
                            generation,
                            WalIndex.parse(name.group(Names.SNAPSHOT)),
                            object.size(),
                            object.created()));
        }
        return Optional.of(
                new Segment(
                        object.key(),
                        generation,
                        WalIndex.parse(name.group(Names.WAL)),
                        Long.parseLong(name.group(Names.OFFSET), Names.RADIX),
                        object.size(),
                        object.created()));
    }

    /// How the keys are made.
    final class Names {

        /// What all keys have in front.
        static final ObjectKey PREFIX = ObjectKey.of("generations");

        private static final int GENERATION = 1;
        private static final int SNAPSHOT = 2;
        private static final int WAL = 3;
        private static final int OFFSET = 4;
        private static final int RADIX = 16;

        private static final Pattern FORM =
                Pattern.compile(
                        "generations/([0-9a-f]{16})/(?:snapshots/([0-9a-f]{8})\\.snapshot\\.lz4"
                                + "|wal/([0-9a-f]{8})_([0-9a-f]{8}|0[0-9a-f]{8,15})\\.wal\\.lz4)");

        private Names() {}
    }
}
