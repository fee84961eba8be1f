package io.litestream.engine;

import io.litestream.replica.Compaction;
import io.litestream.replica.ReplicaFile;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Bounds how many large merges run at once, each of which may take tens of megabytes. Small ones,
/// of which a fleet has thousands that wait for nothing but answers, need no permit.
final class MergePermits {

    static final int LARGE_AT_ONCE = 2;
    static final long SMALL_BYTES = 2 << 20;

    /// What an input takes besides its size: a buffer, and perhaps a connection.
    private static final long BYTES_PER_INPUT = 64 << 10;

    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

    /// A merge.
    @FunctionalInterface
    interface Merge<T> {
        T run() throws IOException;
    }

    /// Runs a merge as soon as it may run.
    <T> T during(Compaction planned, Merge<T> merge) throws IOException {
        if (isSmall(planned.inputs())) {
            return merge.run();
        }
        large.acquireUninterruptibly();
        try {
            return merge.run();
        } finally {
            large.release();
        }
    }

    private static boolean isSmall(List<ReplicaFile> inputs) {
        long bytes = inputs.stream().mapToLong(ReplicaFile::size).sum();
        return bytes + BYTES_PER_INPUT * inputs.size() <= SMALL_BYTES;
    }
}
