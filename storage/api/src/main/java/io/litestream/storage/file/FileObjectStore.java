package io.litestream.storage.file;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps objects as files below a root directory: a key is a path, the creation time is the
/// modification time.
///
/// The root, and whatever is missing above it, is made with the first object; before that the store
/// is empty. Directories stay when their last object goes. A directory is not an object: it is not
/// found, and deleting it does nothing. Names that end in `.tmp` are those of unfinished files,
/// which are never listed or opened, and no object can have such a name.
public final class FileObjectStore implements ObjectStore {

    // The first creation in a directory makes the directory durable and removes what crashes left
    // in
    // it. The others write, force, link, unlink and force the directory, and look at nothing else.

    /// How long a writer may leave its unfinished file alone until it is taken for dead.
    private static final Duration LEFTOVER_AGE = Duration.ofHours(1);

    /// How often a creation tries to settle with an object that comes and goes.
    private static final int ATTEMPTS = 10;

    private final Path root;
    private final Linker linker;

    /// The directories that are ready for writing.
    private final Set<Path> prepared = ConcurrentHashMap.newKeySet();

    /// Creates a store below a directory, which need not exist yet.
    public FileObjectStore(Path root) {
        this(root, Files::createLink);
    }

    FileObjectStore(Path root, Linker linker) {
        this.root = root.toAbsolutePath().normalize();
        this.linker = linker;
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        write(key, created, content, this::publish);
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        write(key, created, content, (_, publication) -> publication.commitReplace());
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "cannot open %d bytes from %d of %s".formatted(length, offset, key));
        }
        Path path = path(key);
        try {
            if (attributes(path) == null) {
                throw new StorageException.NotFound(key);
            }
            return new FileInput(FileChannel.open(path, StandardOpenOption.READ), offset, length);
        } catch (NoSuchFileException _) {
            throw new StorageException.NotFound(key);
        } catch (IOException e) {
            throw FileFailure.of("open", path, e);
        }
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        Path path = path(key);
        try {
            return Optional.ofNullable(attributes(path))
                    .map(attributes -> DirectoryListing.describe(key, attributes));
        } catch (IOException e) {
            throw FileFailure.of("look at", path, e);
        }
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        if (limit < 1) {
            throw new IllegalArgumentException("cannot list %d objects".formatted(limit));
        }
        Path directory = path(prefix);
        try {
            List<ObjectInfo> found = DirectoryListing.list(directory, prefix, after, limit);
            if (found.isEmpty()) {
                requireRoot(directory);
            }
            return found;
        } catch (IOException e) {
            throw FileFailure.of("list", directory, e);
        }
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        Path path = path(key);
        try {
            if (attributes(path) != null) {
                DurableFiles.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw FileFailure.of("delete", path, e);
        }
    }

    /// Does nothing: there is nothing to give back.
    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }

    private void write(ObjectKey key, Instant created, ObjectContent content, Commit commit)
            throws IOException {
        Path path = pathToWrite(key);
        try (Publication publication = begin(path)) {
            fill(publication, content, path);
            publication.lastModified(created);
            commit.commit(key, publication);
        } catch (ContentFailure e) {
            throw e.own;
        } catch (IOException e) {
            throw Files.isDirectory(path)
                    ? new StorageException.Rejected(
                            "cannot create object %s: %s is a directory".formatted(key, path), e)
                    : FileFailure.of("create", path, e);
        }
    }

    private Publication begin(Path path) throws IOException {
        Path directory = DurableFiles.parentOf(path);
        if (prepared.contains(directory)) {
            try {
                return Publication.open(path, FileAccess.ofProcess(), linker);
            } catch (NoSuchFileException _) {
                prepared.remove(directory); // deleted since
            }
        }
        prepare(directory);
        return Publication.open(path, FileAccess.ofProcess(), linker);
    }

    /// One thread at a time, so that none finds a directory which another has yet to make durable.
    private synchronized void prepare(Path directory) throws IOException {
        if (!prepared.contains(directory)) {
            DurableFiles.createDirectories(directory);
            DurableFiles.removeLeftovers(directory, LEFTOVER_AGE);
            prepared.add(directory);
        }
    }

    private static void fill(Publication publication, ObjectContent content, Path path)
            throws IOException {
        try {
            content.writeTo(new ObjectOutput(publication.out(), path));
        } catch (StorageException e) {
            throw e; // the output's, or the content's own and as good
        } catch (IOException e) {
            throw new ContentFailure(e);
        }
    }

    private void publish(ObjectKey key, Publication publication) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            if (publication.commitCreate() == PublishOutcome.CREATED
                    || holdsAlready(key, publication)) {
                return;
            }
        }
        throw new StorageException.Unavailable(
                "cannot create object %s: it comes and goes at %s".formatted(key, path(key)), null);
    }

    /// Tells whether the key holds the same content, and makes that durable, since whoever
    /// published it may have died before; or that the key is free after all.
    ///
    /// @throws StorageException.Conflict if it holds other content
    private boolean holdsAlready(ObjectKey key, Publication publication) throws IOException {
        Path path = path(key);
        try {
            if (Files.size(path) != publication.size()
                    || Files.mismatch(path, publication.temporary()) >= 0) {
                throw new StorageException.Conflict(key);
            }
            DurableFiles.forceFile(path);
            DurableFiles.forceDirectory(DurableFiles.parentOf(path));
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /// Returns the attributes of the file that is an object, or null if there is none.
    private @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        if (DurableFiles.isTemporary(path.toString())) {
            return null;
        }
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            return found.isRegularFile() ? found : null;
        } catch (NoSuchFileException _) {
            requireRoot(path);
            return null;
        }
    }

    /// Fails if there is nothing at `path` because the root, or what is above it, is a file.
    private void requireRoot(Path path) throws NotDirectoryException {
        Path blocking = FileFailure.blockingFile(path);
        if (root.startsWith(blocking)) {
            throw new NotDirectoryException(blocking.toString());
        }
    }

    private Path pathToWrite(ObjectKey key) throws StorageException {
        if (DurableFiles.isTemporary(key.name())) {
            throw new StorageException.Rejected(
                    "cannot create object %s: names ending in %s are those of unfinished files"
                            .formatted(key, TemporaryName.SUFFIX),
                    null);
        }
        return path(key);
    }

    private Path path(ObjectKey key) throws StorageException {
        try {
            return root.resolve(key.value());
        } catch (InvalidPathException e) {
            throw new StorageException.Rejected(
                    "no file can be named %s in the character set of this process; run it with a UTF-8 locale, as by LC_ALL=C.UTF-8"
                            .formatted(key),
                    e);
        }
    }

    @FunctionalInterface
    private interface Commit {
        void commit(ObjectKey key, Publication publication) throws IOException;
    }

    /// Carries a failure of the content past the handling of the store's own.
    @SuppressWarnings("serial") // never serialized
    private static final class ContentFailure extends IOException {

        private final IOException own;

        ContentFailure(IOException own) {
            super(own);
            this.own = own;
        }
    }
}
