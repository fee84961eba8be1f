package io.litestream.replica;

import io.litestream.storage.file.DurableFiles;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;

/// Where a restored database goes: the path that it gets in the end, and beside it the temporary
/// file that it is put together in.
final class OutputPlace {

    // Replacing a database. SQLite applies a `-wal` or `-journal` to whatever database it finds
    // beside it, which destroys a new one beside an old one's. So they are moved away, together
    // with
    // another name for the old database, before the new one takes over the name. At every moment
    // the
    // name stands for a database, and what was moved away is deleted only at the end.

    private static final List<String> SIDECARS = List.of("-wal", "-shm", "-journal");

    private final Path output;
    private final ExistingOutput existing;

    OutputPlace(Path output, ExistingOutput existing) {
        this.output = output;
        this.existing = existing;
    }

    /// Returns the path that the database gets.
    Path path() {
        return output;
    }

    /// Returns the path of the temporary file.
    Path temporary() {
        return beside(".tmp");
    }

    /// Creates the directory, and refuses if something is in the way.
    void prepare() throws RestoreException {
        refuseIfTaken();
        try {
            DurableFiles.createDirectories(directory());
        } catch (IOException e) {
            throw failed("create the directory " + directory(), e);
        }
    }

    private void refuseIfTaken() throws RestoreException {
        if (Files.isDirectory(output)) {
            throw RestoreException.OutputExists.directory(output);
        }
        if (existing == ExistingOutput.REPLACE) {
            return;
        }
        if (isNotEmpty()) {
            throw RestoreException.OutputExists.notEmpty(output);
        }
        for (String suffix : SIDECARS) {
            if (Files.exists(beside(suffix))) {
                throw RestoreException.OutputExists.sidecar(beside(suffix));
            }
        }
    }

    private boolean isNotEmpty() throws RestoreException.Failed {
        try {
            return Files.exists(output) && Files.size(output) > 0;
        } catch (IOException e) {
            throw failed("look at " + output, e);
        }
    }

    /// Opens the temporary file, which is created if need be. Nobody else restores to it until it
    /// is closed.
    FileChannel openTemporary() throws RestoreException.Failed {
        Path path = temporary();
        try {
            FileChannel channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            if (!lock(channel)) {
                channel.close();
                throw new RestoreException.Failed(
                        "another restore is writing %s: wait for it, or restore to another path"
                                .formatted(path),
                        null);
            }
            return channel;
        } catch (RestoreException.Failed e) {
            throw e;
        } catch (IOException e) {
            throw failed("write " + path, e);
        }
    }

    /// A file system without locks refuses with an exception; there nobody is kept out.
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException here) {
            return false;
        } catch (IOException unsupported) {
            return true;
        }
    }

    /// Removes the temporary files.
    void discard() throws RestoreException.Failed {
        try {
            Files.deleteIfExists(temporary());
        } catch (IOException e) {
            throw failed("delete " + temporary(), e);
        }
    }

    /// Gives the temporary file, which is durable, its name. If that fails, what was there before
    /// is there still.
    void swap() throws RestoreException {
        refuseIfTaken();
        try {
            if (Files.exists(output)) {
                refuseIfInUse();
                replace();
            } else {
                deleteSidecars();
                Files.move(temporary(), output, StandardCopyOption.ATOMIC_MOVE);
                DurableFiles.forceDirectory(directory());
            }
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw failed("give %s its name %s".formatted(temporary(), output), e);
        }
    }

    private void refuseIfInUse() throws IOException {
        List<String> holders = OpenFiles.holders(output);
        if (!holders.isEmpty()) {
            throw new RestoreException.OutputInUse(
                    output, "it is open in process " + String.join(", ", holders));
        }
    }

    private void replace() throws IOException {
        Path aside = beside(".replaced");
        Files.deleteIfExists(aside);
        Files.createLink(aside, output);
        for (String suffix : SIDECARS) {
            moveIfThere(beside(suffix), beside(".replaced" + suffix));
        }
        try {
            Files.move(temporary(), output, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            for (String suffix : SIDECARS) {
                moveIfThere(beside(".replaced" + suffix), beside(suffix));
            }
            Files.deleteIfExists(aside);
            throw e;
        }
        DurableFiles.forceDirectory(directory());
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(".replaced" + suffix));
        }
        Files.deleteIfExists(aside);
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void deleteSidecars() throws IOException {
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(suffix));
        }
    }

    private Path directory() {
        return Objects.requireNonNull(output.getParent());
    }

    private Path beside(String suffix) {
        return output.resolveSibling(output.getFileName() + suffix);
    }

    private static RestoreException.Failed failed(String what, IOException cause) {
        return new RestoreException.Failed(
                "cannot %s: %s".formatted(what, cause.getMessage()), cause);
    }
}
