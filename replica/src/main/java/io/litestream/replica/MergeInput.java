package io.litestream.replica;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/// A file to be merged, on this machine or in the replica. It holds nothing open: of each piece
/// that is read, the file is opened and closed, so that a merge can have any number of inputs.
abstract sealed class MergeInput {

    private final String name;
    private final long size;

    private MergeInput(String name, long size) {
        this.name = name;
        this.size = size;
    }

    static MergeInput of(Path local) throws IOException {
        return new Local(local, Files.size(local));
    }

    static MergeInput of(Replica replica, ReplicaFile file, Retries retries) {
        return new Remote(replica, file, retries);
    }

    /// Returns what exceptions call it.
    String name() {
        return name;
    }

    /// Returns the size in bytes, as far as is known.
    long size() {
        return size;
    }

    /// Returns how much should be asked for at once, if there is that much memory for it.
    abstract int usefulPiece();

    /// Reads up to so many bytes from an offset on; returns how many, at least one, or -1 at the
    /// end.
    abstract int read(long offset, byte[] to, int at, int length) throws IOException;

    /// Opens it.
    ///
    /// @param ending if it becomes true, the stream fails
    InputStream open(BooleanSupplier ending) {
        return new Pieces(ending);
    }

    private static final class Local extends MergeInput {

        private static final int PIECE = 16 << 10;

        private final Path path;

        Local(Path path, long size) {
            super(path.toString(), size);
            this.path = path;
        }

        @Override
        int usefulPiece() {
            return PIECE;
        }

        @Override
        int read(long offset, byte[] to, int at, int length) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return channel.read(ByteBuffer.wrap(to, at, length), offset);
            }
        }
    }

    private static final class Remote extends MergeInput {

        private static final int PIECE = 256 << 10;

        private final Replica replica;
        private final ReplicaFile file;
        private final Retries retries;

        Remote(Replica replica, ReplicaFile file, Retries retries) {
            super(replica.key(file).value(), file.size());
            this.replica = replica;
            this.file = file;
            this.retries = retries;
        }

        @Override
        int usefulPiece() {
            return PIECE;
        }

        /// What breaks off is asked for again from where it ended.
        @Override
        int read(long offset, byte[] to, int at, int length) throws IOException {
            long left = size() - offset;
            if (left <= 0) {
                return -1;
            }
            int wanted = (int) Math.min(length, left);
            int[] read = {0};
            return retries.call(() -> {
                fetch(offset, to, at, wanted, read);
                return wanted;
            });
        }

        private void fetch(long offset, byte[] to, int at, int wanted, int[] read)
                throws IOException {
            try (InputStream in = replica.open(file, offset + read[0], (long) wanted - read[0])) {
                while (read[0] < wanted) {
                    int some = in.read(to, at + read[0], wanted - read[0]);
                    if (some < 0) {
                        throw new EOFException(
                                "%s has %d bytes, but its content ended after %d"
                                        .formatted(name(), size(), offset + read[0]));
                    }
                    read[0] += some;
                }
            }
        }
    }

    private final class Pieces extends InputStream {

        private final BooleanSupplier ending;
        private long offset;

        Pieces(BooleanSupplier ending) {
            this.ending = ending;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            if (ending.getAsBoolean()) {
                throw new IOException("given up at offset %d of %s".formatted(offset, name));
            }
            int read = MergeInput.this.read(offset, to, at, length);
            offset += Math.max(0, read);
            return read;
        }
    }
}
