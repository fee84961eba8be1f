package io.litestream.replica;

import io.litestream.storage.file.DurableFiles;
import io.litestream.storage.file.FileAccess;
import io.litestream.storage.file.SystemReason;

import java.io.IOException;
import java.nio.file.FileSystemException;
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
    private static final String TEMPORARY = ".tmp";
    private static final String ASIDE = ".replaced";

    private final Path output;
    private final ExistingOutput existing;

    private OutputPlace(Path output, ExistingOutput existing) {
        this.output = output;
        this.existing = existing;
    }

    /// Returns the place that a request names. If that is a link to a database, the database is
    /// meant, since that is where SQLite looks for what is beside it.
    static OutputPlace of(RestoreRequest request) throws RestoreException.Failed {
        Path output = request.output();
        try {
            boolean link = Files.isSymbolicLink(output) && Files.exists(output);
            return new OutputPlace(link ? output.toRealPath() : output, request.existing());
        } catch (IOException e) {
            throw failed("look at " + output, e);
        }
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
        return beside(TEMPORARY + "-progress");
    }

    /// Opens the temporary file. Nobody else restores to it until it is closed.
    TemporaryFile openTemporary() throws RestoreException.Failed {
        TemporaryFile file = TemporaryFile.open(beside(TEMPORARY), access());
        try {
            deleteTemporarySidecars();
            return file;
        } catch (IOException e) {
            file.close();
            throw failed("clear the way for " + beside(TEMPORARY), e);
        }
    }

    /// Who could use the database that is replaced can use the new one, and nobody else.
    private FileAccess access() throws RestoreException.Failed {
        try {
            return Files.exists(output) ? FileAccess.like(output) : FileAccess.ofProcess();
        } catch (IOException e) {
            throw failed("look at " + output, e);
        }
    }

    /// Removes the temporary file, if it is still there, and what is beside it.
    void discard() throws RestoreException.Failed {
        try {
            Files.deleteIfExists(beside(TEMPORARY));
            RestoreRecord.delete(record());
            deleteTemporarySidecars();
        } catch (IOException e) {
            throw failed("delete " + beside(TEMPORARY), e);
        }
    }

    /// SQLite leaves them if it is killed while it checks the file.
    private void deleteTemporarySidecars() throws IOException {
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(TEMPORARY + suffix));
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
            throw failed("give %s its name %s".formatted(beside(TEMPORARY), output), e);
        }
    }

    /// A sidecar without a database is of no use to anybody.
    private void moveIn() throws IOException {
        for (String suffix : SIDECARS) {
            Files.deleteIfExists(beside(suffix));
        }
        move(beside(TEMPORARY), output);
        DurableFiles.forceDirectory(directory());
    }

    private void replace() throws IOException {
        try (ReplacedDatabase _ = ReplacedDatabase.lock(output)) {
            try {
                moveAside();
                move(beside(TEMPORARY), output);
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
        linkAside();
        for (String suffix : SIDECARS) {
            moveIfThere(beside(suffix), beside(ASIDE + suffix));
        }
    }

    /// Where there are no hard links, the name stands for nothing for a moment.
    private void linkAside() throws IOException {
        try {
            Files.createLink(beside(ASIDE), output);
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            move(output, beside(ASIDE));
        }
    }

    private void moveBack() throws IOException {
        for (String suffix : SIDECARS) {
            moveIfThere(beside(ASIDE + suffix), beside(suffix));
        }
        if (Files.exists(output)) {
            Files.deleteIfExists(beside(ASIDE));
        } else {
            moveIfThere(beside(ASIDE), output);
        }
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
                "cannot %s: %s".formatted(what, SystemReason.of(cause)), cause);
    }
}
