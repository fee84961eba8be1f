package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Notices that somebody else writes to a destination.
///
/// A slot is created, never overwritten, which shows a second writer as long as its slots are
/// there. But slots are removed once they are merged, and a backlog is merged before it is sent:
/// then a free slot says nothing. So these are looked at again after something was stored. If two
/// writers do so, at least one of them sees the other. Confined to the thread of the destination,
/// but for what says otherwise.
final class Fence {

    /// After a pause of this length others may have written, and removed, the slots that follow.
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /// How often one of the files is looked for that are there as far as is known, while slots
    /// follow one another without a pause. Somebody may have emptied the place.
    private static final Duration LOOK = Duration.ofMinutes(10);

    private final Replica replica;
    private final Clock clock;
    private boolean begun;
    private long lookedAt; // on the clock's steady count
    private int looks;
    private long seenAt; // when it was known what is there, on the clock's steady count
    private Optional<Txid> claimed = Optional.empty();

    /// The last slot that was sent: whether it is there may not be known, and the line may have
    /// given it up since.
    private volatile Optional<LtxHeader> sent = Optional.empty();

    Fence(Replica replica, Clock clock) {
        this.replica = replica;
        this.clock = clock;
        this.seenAt = clock.nanoTime();
        this.lookedAt = seenAt;
    }

    /// Notes that all that is there was listed.
    void listed() {
        seenAt = clock.nanoTime();
        lookedAt = seenAt;
    }

    /// Says whether a slot of this life is there.
    boolean hasBegun() {
        return begun;
    }

    /// Notes that a slot is ours which an earlier life has stored.
    void adopted() {
        begun = true;
        seenAt = clock.nanoTime();
    }

    /// Notes that a slot is about to be sent.
    void sending(LtxHeader slot) {
        sent = Optional.of(slot);
    }

    /// Looks whether others have gone further, or removed something, if that may be, now that a
    /// slot was stored. Returns what is there if all of it was listed for that.
    ///
    /// @param before what was known to be there before it
    /// @throws StorageException.Conflict if they have
    Optional<Inventory> slotStored(Inventory before, ReplicaFile slot, Spool line)
            throws IOException {
        Txid last = slot.range().last();
        boolean paused = clock.nanoTime() - seenAt > PAUSE.toNanos();
        Optional<Inventory> found = Optional.empty();
        if (paused && (!begun || isLastGone(before))) {
            found = Optional.of(requireNewest(last, line));
        } else if (!begun && !before.isEmpty()) {
            requireNewest(replica.files(Backlog.LEVEL), last, line);
        } else if (begun && isOneGone(before)) {
            found = Optional.of(requireNewest(last, line));
        }
        begun = true;
        seenAt = clock.nanoTime();
        claimed = Optional.of(last);
        return found;
    }

    /// Looks from time to time for the oldest snapshot, which was there longest, and the next times
    /// for the newest file of each other level.
    private boolean isOneGone(Inventory before) throws IOException {
        if (clock.nanoTime() - lookedAt < LOOK.toNanos()) {
            return false;
        }
        lookedAt = clock.nanoTime();
        List<ReplicaFile> known =
                Level.all().reversed().stream()
                        .filter(level -> !level.equals(Level.CAPTURED))
                        .flatMap(level -> known(before, level).stream())
                        .toList();
        if (known.isEmpty()) {
            return false;
        }
        ReplicaFile one = known.get(looks++ % known.size());
        return replica.store().find(replica.key(one)).isEmpty();
    }

    private static Optional<ReplicaFile> known(Inventory before, Level level) {
        return level.equals(Level.SNAPSHOT)
                ? before.files(level).stream().findFirst()
                : before.last(level);
    }

    /// Whoever goes on after a slot of ours removes it before the slots of its own.
    private boolean isLastGone(Inventory before) throws IOException {
        Optional<ReplicaFile> last = before.last(Level.CAPTURED);
        return last.isPresent() && replica.store().find(replica.key(last.get())).isEmpty();
    }

    /// Makes sure that nothing is there after a transaction, but what an earlier life of ours has
    /// left on its way; returns all that is there. Any thread may call.
    ///
    /// @throws StorageException.Conflict if there is
    Inventory requireNewest(Txid last, Spool line) throws IOException {
        Inventory found = replica.inventory();
        requireNewest(found.files(), last, line);
        return found;
    }

    private void requireNewest(List<ReplicaFile> files, Txid last, Spool line) throws IOException {
        for (ReplicaFile file : files) {
            boolean further = file.range().last().isAfter(last);
            if (further && !isOf(line, file) && !isOf(line, file)) { // one answer may be damaged
                throw new StorageException.Conflict(replica.key(file));
            }
        }
    }

    private boolean isOf(Spool line, ReplicaFile file) throws IOException {
        Txid last = file.range().last();
        Optional<LtxHeader> ours =
                line.contains(last) ? Optional.of(line.header(last)) : sent(last);
        return ours.isPresent() && isSame(file, ours.get());
    }

    private Optional<LtxHeader> sent(Txid slot) {
        return sent.filter(header -> header.range().last().equals(slot));
    }

    private boolean isSame(ReplicaFile file, LtxHeader ours) throws IOException {
        Optional<Checksum> theirs = replica.header(file).tag().postApply();
        return theirs.isPresent() && theirs.equals(ours.tag().postApply());
    }

    /// Says whether what follows a slot may be stored at level 1: not unless the slot before it has
    /// just been stored, which stops every other writer that had come as far.
    boolean mayMergeFrom(Txid next) {
        return claimed.equals(Optional.of(next.plus(-1)));
    }

    /// Notes that time has passed, or may have, since the last slot was stored.
    void paused() {
        claimed = Optional.empty();
    }

    /// Makes sure that the slots are free in whose place a file was stored at level 1, or that the
    /// first one is what we have sent; else the file is deleted again. Any thread may call.
    ///
    /// @param next the first of them
    /// @throws StorageException.Conflict if somebody else has it
    void mergedStored(ReplicaFile file, Txid next) throws IOException {
        ObjectKey slot = replica.key(Level.CAPTURED, TxidRange.of(next));
        Optional<ObjectInfo> taken = replica.store().find(slot);
        if (taken.isPresent() && !isSent(next, taken.get())) {
            StorageException.Conflict conflict = new StorageException.Conflict(slot);
            try {
                replica.delete(file);
            } catch (StorageException e) {
                conflict.addSuppressed(e);
            }
            throw conflict;
        }
    }

    private boolean isSent(Txid slot, ObjectInfo found) throws IOException {
        Optional<LtxHeader> ours = sent(slot);
        ReplicaFile file =
                new ReplicaFile(Level.CAPTURED, TxidRange.of(slot), found.size(), found.created());
        return ours.isPresent() && isSame(file, ours.get());
    }
}
