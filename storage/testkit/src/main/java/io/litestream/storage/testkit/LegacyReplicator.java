package io.litestream.storage.testkit;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/// Replicates a database as Litestream 0.3 did, for tests of how such replicas are read: the
/// database file as a snapshot, and its WAL part by part, each as an LZ4 frame.
///
/// It works when it is told to, while the application pauses, and keeps no lock: the application
/// must not checkpoint on its own. It must be another process, as the files are opened and closed
/// here.
public final class LegacyReplicator {

    private static final int WAL_HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int SALTS = 16;
    private static final int PAGE_SIZE = 8;

    private final ObjectStore store;
    private final Path database;
    private String generation;
    private int index;
    private int offset;
    private int lastSnapshot = -1;

    /// The header of the WAL that was last seen.
    private byte[] header = {};

    /// Replicates to a store, from the first [#begin] on.
    public LegacyReplicator(ObjectStore store, Path database) {
        this.store = store;
        this.database = database;
        this.generation = "";
    }

    /// Begins a generation: with the WAL as it is now, and a snapshot.
    public void begin(String name, Instant time) throws IOException {
        generation = name;
        index = 0;
        offset = 0;
        lastSnapshot = -1;
        header = new byte[0];
        snapshot(time);
        sync(time);
    }

    /// Returns the index of the WAL that was last seen.
    public int index() {
        return index;
    }

    /// Stores the database file, unless there is a snapshot of this index already.
    public void snapshot(Instant time) throws IOException {
        if (lastSnapshot == index) {
            return;
        }
        lastSnapshot = index;
        byte[] content = Files.readAllBytes(database);
        put("snapshots/%08x.snapshot.lz4".formatted(index), content, time);
    }

    /// Stores what was committed since, if anything was.
    public void sync(Instant time) throws IOException {
        byte[] wal = Files.readAllBytes(database.resolveSibling(database.getFileName() + "-wal"));
        if (wal.length < WAL_HEADER) {
            return;
        }
        byte[] seen = Arrays.copyOf(wal, WAL_HEADER);
        if (!Arrays.equals(seen, header)) {
            index += header.length == 0 ? 0 : 1;
            offset = 0;
            header = seen;
        }
        int end = endOfCommits(wal);
        if (end > offset) {
            put(
                    "wal/%08x_%08x.wal.lz4".formatted(index, offset),
                    Arrays.copyOfRange(wal, offset, end),
                    time);
            offset = end;
        }
    }

    private static int endOfCommits(byte[] wal) {
        ByteBuffer fields = ByteBuffer.wrap(wal);
        int frameSize = FRAME_HEADER + fields.getInt(PAGE_SIZE);
        int end = 0;
        for (int at = WAL_HEADER; at + frameSize <= wal.length; at += frameSize) {
            if (fields.getLong(at + PAGE_SIZE) != fields.getLong(SALTS)) {
                break;
            }
            if (fields.getInt(at + Integer.BYTES) != 0) {
                end = at + frameSize;
            }
        }
        return end;
    }

    private void put(String name, byte[] content, Instant time) throws IOException {
        byte[] frame = frame(content);
        store.create(ObjectKey.of("generations", generation, name), time, out -> out.write(frame));
    }

    /// Returns an LZ4 frame of independent blocks of up to 64 KiB, which are not compressed, with a
    /// checksum of the content.
    public static byte[] frame(byte[] content) {
        byte[] descriptor = {0b0110_0100, 4 << 4};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        little(out, 0x184D2204);
        out.writeBytes(descriptor);
        out.write(Xxh32.of(descriptor) >>> Byte.SIZE);
        for (int at = 0; at < content.length; at += 1 << 16) {
            int length = Math.min(1 << 16, content.length - at);
            little(out, length | 1 << 31);
            out.write(content, at, length);
        }
        little(out, 0);
        little(out, Xxh32.of(content));
        return out.toByteArray();
    }

    private static void little(ByteArrayOutputStream out, int value) {
        out.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(Integer.reverseBytes(value)).array());
    }

    /// The checksum of LZ4 frames, with seed 0.
    ///
    /// Specified by <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.
    private static final class Xxh32 {

        private static final int PRIME1 = 0x9E3779B1;
        private static final int PRIME2 = 0x85EBCA77;
        private static final int PRIME3 = 0xC2B2AE3D;
        private static final int PRIME4 = 0x27D4EB2F;
        private static final int PRIME5 = 0x165667B1;
        private static final int STRIPE = 16;

        /// The sum of the first two primes.
        private static final int SEED1 = 0x24234428;

        private Xxh32() {}

        static int of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            int hash = (in.remaining() < STRIPE ? PRIME5 : stripes(in)) + bytes.length;
            while (in.remaining() >= Integer.BYTES) {
                hash = Integer.rotateLeft(hash + in.getInt() * PRIME3, 17) * PRIME4;
            }
            while (in.hasRemaining()) {
                hash = Integer.rotateLeft(hash + (in.get() & 0xFF) * PRIME5, 11) * PRIME1;
            }
            hash = (hash ^ hash >>> 15) * PRIME2;
            hash = (hash ^ hash >>> 13) * PRIME3;
            return hash ^ hash >>> 16;
        }

        private static int stripes(ByteBuffer in) {
            int[] lanes = {SEED1, PRIME2, 0, -PRIME1};
            while (in.remaining() >= STRIPE) {
                for (int i = 0; i < lanes.length; i++) {
                    int sum = lanes[i] + in.getInt() * PRIME2;
                    lanes[i] = Integer.rotateLeft(sum, 13) * PRIME1;
                }
            }
            return Integer.rotateLeft(lanes[0], 1)
                    + Integer.rotateLeft(lanes[1], 7)
                    + Integer.rotateLeft(lanes[2], 12)
                    + Integer.rotateLeft(lanes[3], 18);
        }
    }
}
