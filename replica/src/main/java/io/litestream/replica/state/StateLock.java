package io.litestream.replica.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The lock on a state directory: the kernel's, on the file `lock` in it, against other processes,
/// and a set of what this process holds.
///
/// The file is never deleted, or two processes could hold locks on two files of one name. It is
/// opened only by who does not hold it in this process: closing any descriptor of it would release
/// the kernel's lock. For the same reason the process id is in a file of its own.
final class StateLock {

    /// The directories, by their real paths, that this process has locked or is about to.
    @GuardedBy("HELD")
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;

    private StateLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    static Path owner(Path directory) {
        return directory.resolve("owner");
    }

    static Optional<StateLock> acquire(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!claim(real)) {
            return Optional.empty();
        }
        Optional<StateLock> lock = Optional.empty();
        try {
            lock = lock(real);
            return lock;
        } finally {
            if (lock.isEmpty()) {
                disclaim(real);
            }
        }
    }

    private static Optional<StateLock> lock(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve("lock"), CREATE, WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            if (locked) {
                writeOwner(directory);
            }
        } catch (IOException failure) {
            locked = false;
            throw failure;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? Optional.of(new StateLock(directory, channel)) : Optional.empty();
    }

    private static void writeOwner(Path directory) throws IOException {
        String pid = ProcessHandle.current().pid() + "\n";
        Files.write(owner(directory), pid.getBytes(US_ASCII));
    }

    void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } finally {
            disclaim(directory);
        }
    }

    private static boolean claim(Path directory) {
        synchronized (HELD) {
            return HELD.add(directory);
        }
    }

    private static void disclaim(Path directory) {
        synchronized (HELD) {
            HELD.remove(directory);
        }
    }
}
