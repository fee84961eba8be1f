package io.litestream.storage.file;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;

/// A file on its way to its name. What is written goes to a temporary file beside it; a commit
/// makes that durable and gives it the name; a close without a commit removes it.
///
/// ```java
/// try (Publication publication = DurableFiles.open(target)) {
///     publication.out().write(bytes);
///     publication.commitReplace();
/// }
/// ```
///
/// A commit that throws leaves the name as it was, or taken by the whole file: nothing in between.
/// One thread at a time uses a publication.
public final class Publication implements Closeable {

    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final ChannelOutput out;
    private final Linker linker;
    private @Nullable Instant lastModified;
    private boolean published;

    private Publication(Path target, Path temporary, FileChannel channel, Linker linker) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.out = new ChannelOutput(channel, target);
        this.linker = linker;
    }

    static Publication open(Path name, FileAccess access, Linker linker) throws IOException {
        Path target = name.toAbsolutePath();
        Path temporary = TemporaryName.beside(target);
        FileAttribute<?>[] attributes = access.atCreation(temporary);
        FileChannel channel = FileChannel.open(temporary, NEW_FILE, attributes);
        Publication publication = new Publication(target, temporary, channel, linker);
        try {
            access.applyTo(temporary);
            return publication;
        } catch (Throwable e) {
            publication.closeAfter(e);
            throw e;
        }
    }

    /// Returns where to write. The stream is buffered, and large writes go past the buffer. Closing
    /// it is not needed, and commits nothing.
    public OutputStream out() {
        return out;
    }

    /// Returns how many bytes have been written.
    public long size() {
        return out.size();
    }

    /// Sets the modification time that the file will have. Without it, that of the last write.
    public void lastModified(Instant time) {
        lastModified = time;
    }

    /// Publishes the file under its name, in place of the one that may have it. Readers find the
    /// one or the other, whole. The file is durable afterwards.
    public void commitReplace() throws IOException {
        seal();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        published = true;
        DurableFiles.forceDirectory(directory());
    }

    /// Publishes the file under its name, unless something has that name. Of several that try, in
    /// whatever process, one creates it. The file is durable afterwards.
    public PublishOutcome commitCreate() throws IOException {
        seal();
        if (link() == PublishOutcome.EXISTS) {
            return PublishOutcome.EXISTS;
        }
        published = true;
        Files.deleteIfExists(temporary);
        DurableFiles.forceDirectory(directory());
        return PublishOutcome.CREATED;
    }

    /// Gives the file up, unless it was published. Nothing of it stays.
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (!published) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /// Returns the file as long as it has not been published.
    Path temporary() {
        return temporary;
    }

    private Path directory() {
        return DurableFiles.parentOf(target);
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void seal() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        out.flush();
        if (lastModified != null) {
            Files.setLastModifiedTime(temporary, FileTime.from(lastModified));
        }
        channel.force(true);
        channel.close();
    }

    private PublishOutcome link() throws IOException {
        try {
            linker.link(target, temporary);
            return PublishOutcome.CREATED;
        } catch (FileAlreadyExistsException _) {
            return PublishOutcome.EXISTS;
        } catch (IOException | UnsupportedOperationException e) {
            if (canLink()) {
                throw e;
            }
            return LockedRename.move(temporary, target);
        }
    }

    /// Finds out by trying, since a system without hard links says so in many ways.
    private boolean canLink() {
        Path link = TemporaryName.beside(target);
        try {
            linker.link(link, temporary);
            return Files.deleteIfExists(link);
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }
}
