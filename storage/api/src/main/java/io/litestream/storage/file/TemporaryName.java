package io.litestream.storage.file;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Names of files that are not yet published: `<name>.<process>.<number>.tmp`, beside the file to
/// come.
///
/// The process is told by its id and its start, since every container has a process 1. A name is
/// never used twice, so what one writer's crash leaves behind is in no other writer's way.
final class TemporaryName {

    static final String SUFFIX = ".tmp";

    /// Longer names are cut, so that the temporary one is not too long for the file system.
    private static final int KEPT_CHARS = 50;

    private static final String PROCESS = process();
    private static final AtomicLong NUMBER = new AtomicLong();

    private TemporaryName() {}

    static Path beside(Path target) {
        String name = String.valueOf(target.getFileName());
        int kept = Math.min(name.length(), KEPT_CHARS);
        if (kept < name.length() && Character.isHighSurrogate(name.charAt(kept - 1))) {
            kept--;
        }
        return target.resolveSibling(
                "%s.%s.%d%s"
                        .formatted(
                                name.substring(0, kept),
                                PROCESS,
                                NUMBER.incrementAndGet(),
                                SUFFIX));
    }

    private static String process() {
        ProcessHandle current = ProcessHandle.current();
        Instant start = current.info().startInstant().orElse(Instant.EPOCH);
        return current.pid() + "-" + Long.toHexString(start.toEpochMilli());
    }
}
