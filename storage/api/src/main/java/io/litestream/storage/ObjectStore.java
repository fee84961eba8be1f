package io.litestream.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Keeps immutable objects by key. Every back end implements this interface, and
/// `ObjectStoreContract` holds every back end to these rules:
///
/// - An object is whole or absent. No reader sees part of one, even after a crash.
/// - Once `create` has returned, the object is durable, and `open`, `find` and `list` see it.
/// - A call that fails has done all of its work or none: it may be repeated to find out.
/// - A call is one attempt. Whoever calls decides whether to try again.
/// - Calls block, and any thread may make them.
/// - Objects may be in the way of each other: a store need not keep `a/b` while it keeps `a`, and
///   may have names that it keeps for itself. It then rejects the creation.
public interface ObjectStore extends AutoCloseable {

    /// Stores an object under a new key. If the key already holds equal content, that is a success,
    /// so a call whose outcome is unknown can be repeated. `created` is kept with the object where
    /// the store can keep it; the first creation decides.
    ///
    /// @throws StorageException.Conflict if the key holds other content, which stays as it is
    /// @throws IOException if the content could not be read; the failure is the content's own, and
    ///   nothing is stored
    void create(ObjectKey key, Instant created, ObjectContent content) throws IOException;

    /// Stores an object, in place of the one that the key may hold. Readers see the one or the
    /// other, whole. For the few objects that are not part of a line, such as the catalog.
    ///
    /// @throws IOException if the content could not be read; the failure is the content's own, and
    ///   the key holds what it did
    void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException;

    /// Opens at most `length` bytes from `offset`: fewer if the object ends before, none if it ends
    /// at or before the offset. The caller closes the stream. A read that fails is an
    /// [IOException], and worth another attempt from there.
    ///
    /// @throws StorageException.NotFound if there is no such object
    InputStream open(ObjectKey key, long offset, long length) throws StorageException;

    /// Opens a whole object. The caller closes the stream.
    ///
    /// @throws StorageException.NotFound if there is no such object
    default InputStream open(ObjectKey key) throws StorageException {
        return open(key, 0, Long.MAX_VALUE);
    }

    /// Returns what a listing would tell of one object, or nothing if there is none.
    Optional<ObjectInfo> find(ObjectKey key) throws StorageException;

    /// Returns at most `limit` objects whose keys are below `prefix` (that is, begin with it and a
    /// `/`), in key order, beginning after the key `prefix/after`; an empty `after` begins at the
    /// first. There need be no object `after`, nor need it be the end of a key. None if there is
    /// nothing below. An object that comes or goes during the call may or may not be seen; all
    /// others are.
    List<ObjectInfo> list(ObjectKey prefix, String after, int limit) throws StorageException;

    /// Deletes an object, for good once the call has returned. If there is none, that is a success.
    void delete(ObjectKey key) throws StorageException;

    /// Returns the objects below a prefix as a store of their own, without the prefix in their
    /// keys; all of them if the prefix is empty. Closing either closes both.
    default ObjectStore below(String prefix) {
        return prefix.isEmpty() ? this : new PrefixedObjectStore(this, new ObjectKey(prefix));
    }

    /// Gives back what the store holds. It does not wait for calls of other threads, which then may
    /// fail.
    @Override
    void close();
}
