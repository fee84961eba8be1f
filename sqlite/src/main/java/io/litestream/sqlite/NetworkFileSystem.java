package io.litestream.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Knows file systems whose files several machines may have open, so that those who use a database
/// do not share memory, which WAL mode needs (<https://www.sqlite.org/wal.html>, section 1):
/// networks, and what a virtual machine sees of its host.
public final class NetworkFileSystem {

    /// The names in Linux's table of mounts, without a leading `fuse.`.
    private static final Set<String> TYPES =
            Set.of(
                    "9p",
                    "acfs",
                    "afs",
                    "beegfs",
                    "ceph",
                    "cifs",
                    "coda",
                    "fhgfs",
                    "gfs",
                    "gfs2",
                    "glusterfs",
                    "gpfs",
                    "juicefs",
                    "lustre",
                    "ncpfs",
                    "nfs",
                    "nfs4",
                    "ocfs2",
                    "orangefs",
                    "prl_fs",
                    "pvfs2",
                    "s3fs",
                    "smb2",
                    "smb3",
                    "smbfs",
                    "sshfs",
                    "vboxsf",
                    "virtiofs",
                    "vmhgfs",
                    "vmhgfs-fuse",
                    "webdav",
                    "davfs");

    private NetworkFileSystem() {}

    /// Returns the type of the file system that a file lies on, if it is such a one; empty also if
    /// that cannot be told.
    public static Optional<String> of(Path file) {
        try {
            return Optional.of(Files.getFileStore(file).type()).filter(NetworkFileSystem::isType);
        } catch (IOException e) {
            return Optional.empty(); // the mount is not in the table, or not visible
        }
    }

    /// Says whether a type, as the table of mounts names it, is such a one.
    static boolean isType(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        return TYPES.contains(name.startsWith("fuse.") ? name.substring(5) : name);
    }
}
