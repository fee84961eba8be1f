package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.PlanResult;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;

import java.util.Collection;
import java.util.Optional;

/// What a destination holds, as its only writer knows: listed once, and kept up to date with every
/// file that is stored or removed. Any thread may call.
final class Holdings {

    @GuardedBy("this")
    private Inventory inventory = Inventory.empty();

    @GuardedBy("this")
    private Optional<Txid> durable = Optional.empty();

    @GuardedBy("this")
    private boolean based; // whether the slots have a base to start from

    @GuardedBy("this")
    private boolean baseAsked; // whether a new base was asked for, whatever is there

    @GuardedBy("this")
    private boolean snapshotAsked; // whether a snapshot is due, though nothing depends on it

    @GuardedBy("this")
    private boolean ours; // whether it was found to hold this line

    @GuardedBy("this")
    private boolean broken; // whether its newest slot is not of this line

    synchronized Inventory inventory() {
        return inventory;
    }

    /// Returns the last transaction up to which nothing is missing.
    synchronized Optional<Txid> durable() {
        return durable;
    }

    /// Returns the same, once it is known that what is there is of this line.
    synchronized Optional<Txid> durableForCertain() {
        return ours ? durable : Optional.empty();
    }

    /// Notes that what is there is of this line, as far as it can be known.
    synchronized void confirmed() {
        ours = true;
    }

    /// Returns the transaction whose slot comes next.
    synchronized Txid next() {
        return durable.map(Txid::next).orElse(Txid.FIRST.next());
    }

    /// Says whether its newest slot is not of this line, so that no slot can follow it: every page
    /// must come first.
    synchronized boolean isBroken() {
        return broken;
    }

    /// Says whether it can be restored at its head.
    synchronized boolean isBased() {
        return based && !baseAsked;
    }

    /// Notes that a new base is needed: what is there cannot be applied to what comes.
    synchronized void needsBase() {
        baseAsked = true;
    }

    /// Notes that a snapshot is due, without which all can be restored too.
    synchronized void askSnapshot() {
        snapshotAsked = true;
    }

    synchronized boolean isSnapshotAsked() {
        return snapshotAsked;
    }

    /// Takes what a listing found for all there is.
    synchronized void listed(Inventory found) {
        inventory = found;
        durable = found.head();
        based = isRestorable();
    }

    /// Notes a slot that has followed what was durable.
    synchronized void added(ReplicaFile slot) {
        inventory = inventory.with(slot);
        durable = Optional.of(slot.range().last());
    }

    /// Notes a slot of an earlier life, which is not what the line has there.
    synchronized void adopted(ReplicaFile slot) {
        added(slot);
        broken = true;
    }

    /// Notes a file that was stored beside the slots. If it goes further than what was durable, the
    /// slots go on after it.
    synchronized void stored(ReplicaFile file) {
        inventory = inventory.with(file);
        Txid last = file.range().last();
        boolean further = durable.isEmpty() || last.isAfter(durable.get());
        if (further && !isBesideSlots(file)) {
            durable = Optional.of(last);
            broken = false;
        }
        baseAsked &= !file.range().isSnapshot();
        snapshotAsked &= !file.range().isSnapshot();
        based = isRestorable();
    }

    /// A snapshot does not take the place of slots: levels are merged slot by slot.
    @GuardedBy("this")
    private boolean isBesideSlots(ReplicaFile file) {
        return file.level().equals(Level.SNAPSHOT) && inventory.head(Level.CAPTURED).isPresent();
    }

    /// Notes files that are no longer there.
    synchronized void removed(Collection<ReplicaFile> files) {
        inventory = inventory.without(files);
        based = isRestorable();
    }

    @GuardedBy("this")
    private boolean isRestorable() {
        return inventory
                .head()
                .map(head -> RestorePlanner.plan(inventory, head) instanceof PlanResult.Plan)
                .orElse(false);
    }
}
