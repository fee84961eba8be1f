package io.litestream.storage.file;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// Lists the files below a directory in the order of their keys.
///
/// That is not the order of a walk: `a/b-c` comes before `a/b/d`, although the directory `b` comes
/// before the file `b-c`. A directory therefore takes its turn under its name with a `/` behind.
/// Which names are directories is not known until each is looked at, and to look at all of 100,000
/// for the sake of 1,000 would be slow: so names wait in a heap, the least is looked at, and goes
/// back with a `/` if it is a directory.
final class DirectoryListing {

    private final ObjectKey prefix;
    private final int limit;
    private final List<ObjectInfo> found = new ArrayList<>();

    private DirectoryListing(ObjectKey prefix, int limit) {
        this.prefix = prefix;
        this.limit = limit;
    }

    /// Returns at most `limit` files after `after`. None if there is no such directory.
    static List<ObjectInfo> list(Path directory, ObjectKey prefix, String after, int limit)
            throws IOException {
        DirectoryListing listing = new DirectoryListing(prefix, limit);
        listing.collect(directory, "", after);
        return List.copyOf(listing.found);
    }

    /// Collects what is in a directory, whose names are `below` and their own, after `after`.
    private void collect(Path directory, String below, String after) throws IOException {
        PriorityQueue<String> waiting = names(directory, after);
        while (found.size() < limit && !waiting.isEmpty()) {
            String name = waiting.remove();
            if (name.endsWith("/")) {
                String rest = after.startsWith(name) ? after.substring(name.length()) : "";
                collect(directory.resolve(name), below + name, rest);
            } else if (isDirectory(directory.resolve(name), below + name, name, after)) {
                waiting.add(name + "/");
            }
        }
    }

    /// Looks at one name: adds a file, and tells whether it is a directory with keys to come.
    private boolean isDirectory(Path path, String key, String name, String after)
            throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException _) {
            return false; // deleted meanwhile
        }
        boolean isAfter = ObjectKey.BYTE_ORDER.compare(name, after) > 0;
        if (attributes.isRegularFile() && isAfter && !DurableFiles.isTemporary(name)) {
            found.add(describe(prefix.resolve(key), attributes));
        }
        return attributes.isDirectory() && mayHaveMore(name + "/", after);
    }

    static ObjectInfo describe(ObjectKey key, BasicFileAttributes attributes) {
        return new ObjectInfo(key, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    /// Returns the names that, as a file or as a directory, may have something after `after`.
    private static PriorityQueue<String> names(Path directory, String after) throws IOException {
        PriorityQueue<String> names = new PriorityQueue<>(ObjectKey.BYTE_ORDER);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (mayHaveMore(name, after)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            return names;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /// Tells whether a text that begins with `start` can come after `after`.
    private static boolean mayHaveMore(String start, String after) {
        return ObjectKey.BYTE_ORDER.compare(start, after) > 0 || after.startsWith(start);
    }
}
