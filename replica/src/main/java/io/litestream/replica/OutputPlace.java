package io.litestream.replica;

import io.litestream.storage.file.DurableFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    private static final String ASIDE = ".replaced";

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

    /// Returns the path of the record of how far the temporary file has come.
    Path record() {
        return beside(".tmp-progress");
    }

    /// Opens the temporary file. Nobody else restores to it until it is closed.
    TemporaryFile openTemporary() throws RestoreException.Failed {
        return TemporaryFile.open(beside(".tmp"));
    }

    /// Removes the temporary file, if it is still there, and what is beside it.
    void discard() throws RestoreException.Failed {
        try {
            Files.deleteIfExists(beside(".tmp"));
            RestoreRecord.delete(record());
            for (String suffix : SIDECARS) {
                Files.deleteIfExists(beside(".tmp" + suffix));
            }
        } catch (IOException e) {
            throw failed("delete " + beside(".tmp"), e);
        }
    }

    /// Gives the temporary file, which is durable, its name. If that fails, what was there before
    /// is there still.
    void swap() throws RestoreException {
        refuseIfTaken();
        try {
            if (Files.exists(output)) {
                replace();
            } else {
                moveIn();
            }
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw failed("give %s its name %s".formatted(beside(".tmp"), output), e);
        }
    }

    /// A sidecar without a database is of no use to anybody.
    private void moveIn() throws IOException {
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(suffix));
        }
        move(beside(".tmp"), output);
        DurableFiles.forceDirectory(directory());
    }

    private void replace() throws IOException {
        try (ReplacedDatabase _ = ReplacedDatabase.lock(output)) {
            moveAside();
            try {
                move(beside(".tmp"), output);
            } catch (IOException e) {
                moveBack();
                throw e;
            }
            DurableFiles.forceDirectory(directory());
        }
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(ASIDE + suffix));
        }
        Files.deleteIfExists(beside(ASIDE));
    }

    private void moveAside() throws IOException {
        Files.deleteIfExists(beside(ASIDE));
        Files.createLink(beside(ASIDE), output);
        for (String suffix : SIDECARS) {
            moveIfThere(beside(suffix), beside(ASIDE + suffix));
        }
    }

    private void moveBack() throws IOException {
        for (String suffix : SIDECARS) {
            moveIfThere(beside(ASIDE + suffix), beside(suffix));
        }
        Files.deleteIfExists(beside(ASIDE));
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            move(from, to);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
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
