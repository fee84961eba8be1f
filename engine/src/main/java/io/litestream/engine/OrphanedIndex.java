package io.litestream.engine;

import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.KernelLocks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The processes that were connected to a database when its `-wal` or `-shm` was deleted or
/// replaced.
///
/// They go on with files that have no name any more: nobody else sees what they commit, and it is
/// lost when they end. Until they have ended their connections, a database that looks healthy is
/// not. Confined to the step of its database.
final class OrphanedIndex {

    private FileStat shm = FileStat.ABSENT;
    private Set<Long> users = Set.of();

    /// Notes who uses the index that was known.
    void note(FileStat openedShm) throws IOException {
        shm = openedShm;
        users = usersNow();
    }

    /// @throws IOException naming a process that still uses the index
    void requireUnused(Path database) throws IOException {
        if (users.isEmpty()) {
            return;
        }
        Optional<Long> left = usersNow().stream().filter(users::contains).findFirst();
        if (left.isPresent()) {
            throw new IOException(
                    "process %d still uses a deleted -wal or -shm of %s, so that what it commits is seen by nobody and will be lost; restart it"
                            .formatted(left.get(), database));
        }
        users = Set.of();
    }

    private Set<Long> usersNow() throws IOException {
        long self = ProcessHandle.current().pid();
        return KernelLocks.read().on(shm).stream()
                .map(KernelLocks.Lock::pid)
                .filter(pid -> pid > 0 && pid != self)
                .collect(Collectors.toSet());
    }
}
