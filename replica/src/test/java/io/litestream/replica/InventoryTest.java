package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

final class InventoryTest {

    private static final ReplicaFile FIRST = file(0, 2, 2);
    private static final ReplicaFile SECOND = file(0, 3, 3);
    private static final ReplicaFile MERGED = file(1, 2, 4);
    private static final ReplicaFile BASE = file(9, 1, 1);

    @Test
    void keepsEachLevelInTheOrderOfTheLine() {
        Inventory inventory = Inventory.of(List.of(BASE, SECOND, MERGED, FIRST));

        assertThat(inventory.files()).containsExactly(FIRST, SECOND, MERGED, BASE);
        assertThat(inventory.files(Level.CAPTURED)).containsExactly(FIRST, SECOND);
    }

    @Test
    void addsAndRemovesWithoutChangingItself() {
        Inventory before = Inventory.of(List.of(SECOND, BASE));

        Inventory after = before.with(FIRST).without(BASE);

        assertThat(after.files()).containsExactly(FIRST, SECOND);
        assertThat(before.files()).containsExactly(SECOND, BASE);
    }

    @Test
    void holdsOneFileForEachPlace() {
        ReplicaFile again = new ReplicaFile(FIRST.level(), FIRST.range(), 7, Instant.MAX);

        assertThat(Inventory.empty().with(FIRST).with(again).files()).containsExactly(again);
        assertThat(Inventory.empty().with(FIRST).without(again).isEmpty()).isTrue();
    }

    @Test
    void knowsTheHeadOverAllAndOfEachLevel() {
        Inventory inventory = Inventory.of(List.of(BASE, FIRST, SECOND, MERGED));

        assertThat(inventory.head()).contains(new Txid(4));
        assertThat(inventory.head(Level.CAPTURED)).contains(new Txid(3));
        assertThat(inventory.head(new Level(5))).isEmpty();
        assertThat(inventory.last(Level.CAPTURED)).contains(SECOND);
    }

    private static ReplicaFile file(int level, long first, long last) {
        return new ReplicaFile(
                new Level(level),
                new TxidRange(new Txid(first), new Txid(last)),
                1000,
                Instant.EPOCH);
    }
}
