package io.litestream.storage.file;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/// Who may use a new file or directory. Without POSIX permissions (on Windows) it changes nothing.
public final class FileAccess {

    private static final FileAccess OF_PROCESS = new FileAccess(null, null, null);

    private final @Nullable Set<PosixFilePermission> permissions;
    private final @Nullable UserPrincipal owner;
    private final @Nullable GroupPrincipal group;

    private FileAccess(
            @Nullable Set<PosixFilePermission> permissions,
            @Nullable UserPrincipal owner,
            @Nullable GroupPrincipal group) {
        this.permissions = permissions;
        this.owner = owner;
        this.group = group;
    }

    /// Returns what the process gives to its files by itself: its user, its group, its umask.
    public static FileAccess ofProcess() {
        return OF_PROCESS;
    }

    /// Returns these permissions, whatever the umask, with the user and the group of the process.
    public static FileAccess of(Set<PosixFilePermission> permissions) {
        return new FileAccess(Set.copyOf(permissions), null, null);
    }

    /// Returns the permissions, owner and group of what exists: of a file for new files, of a
    /// directory for new directories. A process that may not give files away keeps them as its own,
    /// with these permissions.
    public static FileAccess like(Path existing) throws IOException {
        if (!isPosix(existing)) {
            return OF_PROCESS;
        }
        PosixFileAttributes found = Files.readAttributes(existing, PosixFileAttributes.class);
        return new FileAccess(Set.copyOf(found.permissions()), found.owner(), found.group());
    }

    /// Returns what to create `path` with, so that it is at no moment more open than it will be.
    public FileAttribute<?>[] atCreation(Path path) {
        return permissions == null || !isPosix(path)
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    /// Gives `path`, just created, what its creation could not: the umask applies there.
    public void applyTo(Path path) throws IOException {
        if (permissions == null || !isPosix(path)) {
            return;
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class);
        PosixFileAttributes current = view.readAttributes();
        if (owner != null && !owner.equals(current.owner())) {
            attempt(() -> view.setOwner(owner));
        }
        if (group != null && !group.equals(current.group())) {
            attempt(() -> view.setGroup(group));
        }
        view.setPermissions(permissions);
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void attempt(Giving giving) throws IOException {
        try {
            giving.give();
        } catch (FileSystemException _) {
            // Only root may give files away; the file stays with the process.
        }
    }

    @FunctionalInterface
    private interface Giving {
        void give() throws IOException;
    }
}
