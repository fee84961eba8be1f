package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which files are merged.
final class CompactionTest {

    private static final Level ONE = new Level(1);
    private static final Txid ALL = new Txid(1000);

    @Test
    void takesWhatIsBeyondTheLevel() {
        assertThat(next("0:2-2 0:3-3 0:4-4 0:5-5 1:2-3")).contains(List.of("4-4", "5-5"));
    }

    @Test
    void beginsWithTheFirstFile() {
        assertThat(next("9:1-1 0:2-2 0:3-3")).contains(List.of("2-2", "3-3"));
    }

    @Test
    void hasNothingToDoWithoutAnythingNew() {
        assertThat(next("")).isEmpty();
        assertThat(next("9:1-7")).isEmpty();
        assertThat(next("0:2-2 0:3-3 1:2-3")).isEmpty();
        assertThat(next("0:2-2 1:2-3 1:4-9")).isEmpty();
    }

    @Test
    void stopsAtAGapAndGoesOnBehindIt() {
        assertThat(next("0:2-2 0:3-3 0:5-5 0:6-6")).contains(List.of("2-2", "3-3"));
        assertThat(next("0:2-2 0:3-3 0:5-5 0:6-6 1:2-3")).contains(List.of("5-5", "6-6"));
    }

    @Test
    void leavesOutFilesThatOthersHold() {
        assertThat(next("0:2-2 0:2-5 0:3-3 0:4-4 0:4-7 0:6-6 0:8-8"))
                .contains(List.of("2-5", "4-7", "8-8"));
        assertThat(next("0:1-5 0:2-3 0:7-8")).contains(List.of("1-5"));
    }

    @Test
    void takesAFileThatOverlapsTheLevel() {
        assertThat(next("0:2-2 0:3-5 0:6-6 1:2-4")).contains(List.of("3-5", "6-6"));
    }

    @Test
    void leavesWhatCameLater() {
        Inventory inventory = inventory("0:2-2 0:3-3 0:4-4");

        assertThat(Compaction.next(inventory, ONE, new Txid(3)).map(Compaction::range))
                .contains(new TxidRange(new Txid(2), new Txid(3)));
        assertThat(Compaction.next(inventory, ONE, new Txid(1))).isEmpty();
    }

    @Test
    void takesTheLevelBelow() {
        Optional<Compaction> found =
                Compaction.next(inventory("0:9-9 1:2-5 1:6-8 2:2-5"), new Level(2), ALL);

        assertThat(found.map(Compaction::toString))
                .contains("1 files to 2/0000000000000006-0000000000000008.ltx");
    }

    @Test
    void cannotMergeToTheFirstOrTheLastLevel() {
        List<ReplicaFile> files = inventory("0:2-2").files();

        assertThatThrownBy(() -> new Compaction(Level.CAPTURED, files))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Compaction(Level.SNAPSHOT, files))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Compaction(ONE, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Optional<List<String>> next(String files) {
        return Compaction.next(inventory(files), ONE, ALL)
                .map(found ->
                        found.inputs().stream()
                                .map(file ->
                                        file.range().first().value()
                                                + "-"
                                                + file.range().last().value())
                                .toList());
    }

    /// Makes an inventory of files like `0:2-2`: level, first and last transaction.
    private static Inventory inventory(String files) {
        return Inventory.of(
                files.isEmpty()
                        ? List.of()
                        : List.of(files.split(" ")).stream().map(CompactionTest::file).toList());
    }

    private static ReplicaFile file(String text) {
        String[] parts = text.split("[:-]");
        TxidRange range =
                new TxidRange(
                        new Txid(Long.parseLong(parts[1])), new Txid(Long.parseLong(parts[2])));
        return new ReplicaFile(new Level(Integer.parseInt(parts[0])), range, 1, Instant.EPOCH);
    }
}
