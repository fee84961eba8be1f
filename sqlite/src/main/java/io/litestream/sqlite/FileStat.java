package io.litestream.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What one `stat` call says of a file: which file it is, and what changes when it is written.
///
/// @param modifiedNanos when the content changed, in nanoseconds since 1970
/// @param changedNanos when content or attributes changed, in nanoseconds since 1970. SQLite as the
///   superuser sets the owner of each `-wal` and `-shm` that it opens, which changes this alone.
/// @param bornNanos when the file was created, in nanoseconds since 1970; where the file system
///   does not keep that, `modifiedNanos`
public record FileStat(
        long device, long inode, long size, long modifiedNanos, long changedNanos, long bornNanos) {

    // One look costs some 4 µs, with or without a file; the time of the call itself is half of it.

    /// No file.
    public static final FileStat ABSENT = new FileStat(0, 0, -1, 0, 0, 0);

    private static final String ATTRIBUTES =
            "unix:dev,ino,size,lastModifiedTime,ctime,creationTime";

    /// Looks at the file that a path leads to, through symbolic links.
    ///
    /// @return [#ABSENT] if there is none
    public static FileStat of(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES);
            return new FileStat(
                    number(found, "dev"),
                    number(found, "ino"),
                    number(found, "size"),
                    nanos(found, "lastModifiedTime"),
                    nanos(found, "ctime"),
                    nanos(found, "creationTime"));
        } catch (NoSuchFileException _) {
            return ABSENT;
        }
    }

    /// Whether there is a file.
    public boolean exists() {
        return size >= 0;
    }

    /// Whether both are one and the same file, whatever happened to its content. That holds while
    /// somebody has the file open, or else if it was not deleted meanwhile: a file system gives the
    /// inode of a deleted file to the next one.
    public boolean sameFile(FileStat other) {
        return exists() && other.exists() && device == other.device && inode == other.inode;
    }

    /// Whether both are one and the same file, even if nobody had it open meanwhile. Where the file
    /// system does not keep the time of creation, this holds only if the file was not written
    /// either.
    public boolean sameFileForCertain(FileStat other) {
        return sameFile(other) && bornNanos == other.bornNanos;
    }

    /// Whether this is another file than `other` for certain, as far as this can be told.
    public boolean differsForCertain(FileStat other) {
        boolean bornKnown = bornNanos != modifiedNanos && other.bornNanos != other.modifiedNanos;
        return !sameFile(other) || (bornKnown && bornNanos != other.bornNanos);
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.longValue() : missing(name);
    }

    private static long nanos(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof FileTime time
                ? time.to(TimeUnit.NANOSECONDS)
                : missing(name);
    }

    private static long missing(String name) {
        throw new UnsupportedOperationException("the system gives files no " + name);
    }
}
