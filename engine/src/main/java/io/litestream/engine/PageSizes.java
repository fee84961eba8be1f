package io.litestream.engine;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.PlanResult;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;

import java.io.IOException;
import java.util.Optional;

/// Finds out whether the newest state of a replica can be put together at all: files cannot be
/// applied to a base with pages of another size.
///
/// A listing does not tell. When a database comes back with another page size, a slot with every
/// page goes out, and a new base follows; a process that dies between the two leaves a replica that
/// looks whole.
final class PageSizes {

    private PageSizes() {}

    /// Reads two headers: those of the base and of the newest file that a restore would read.
    ///
    /// @return false if they differ, or if one of them is damaged
    static boolean agree(Replica replica, Inventory inventory) throws IOException {
        Optional<Txid> head = inventory.head();
        if (head.isEmpty()
                || !(RestorePlanner.plan(inventory, head.get()) instanceof PlanResult.Plan plan)) {
            return true; // what is missing is told by the inventory
        }
        ReplicaFile base = plan.files().getFirst();
        ReplicaFile newest = plan.files().getLast();
        if (base.equals(newest)) {
            return true;
        }
        try {
            return replica.header(base).pageSize() == replica.header(newest).pageSize();
        } catch (CorruptFileException e) {
            return false;
        }
    }
}
