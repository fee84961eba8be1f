package io.litestream.engine;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An application in the middle of a checkpoint of its own: holds the lock that SQLite has for
/// that, until the write lock has been somebody else's for a while. Prints a line once it does.
///
/// The places of the locks in the `-shm` file: https://sqlite.org/walformat.html, section 2.3.1.
final class CheckpointingApplication {

    private static final long WRITE_LOCK = 120;
    private static final long CHECKPOINT_LOCK = 121;

    private CheckpointingApplication() {}

    public static void main(String[] arguments) throws Exception {
        Path shm = Path.of(arguments[0] + "-shm");
        try (FileChannel channel =
                        FileChannel.open(shm, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock _ = channel.lock(CHECKPOINT_LOCK, 1, false)) {
            System.out.println("checkpointing");
            while (true) {
                try (FileLock free = channel.tryLock(WRITE_LOCK, 1, false)) {
                    if (free == null) {
                        Thread.sleep(50);
                        return;
                    }
                }
                Thread.sleep(10);
            }
        }
    }

    static Process start(Path database) throws Exception {
        Process process = JavaProgram.start(CheckpointingApplication.class, database.toString());
        process.inputReader().readLine();
        return process;
    }
}
