package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.FileObjectStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

class RetentionCommandTest {

    @TempDir Path dir;

    private TestShell shell;
    private String url;
    private Replica replica;

    /// Two bases, slots and their merge of ten days ago, and a base of now.
    @BeforeEach
    void makeReplica() throws Exception {
        shell = new TestShell(dir);
        url = "file://" + dir.resolve("replica");
        replica = new Replica("r", new FileObjectStore(dir.resolve("replica")), KeyLayout.PLAIN);
        Instant old = Instant.now().minus(Duration.ofDays(10));
        create(9, 1, 1, old);
        create(0, 2, 2, old.plusSeconds(2));
        create(0, 3, 3, old.plusSeconds(3));
        create(1, 2, 3, old.plusSeconds(3));
        create(9, 1, 3, old.plusSeconds(4));
        create(9, 1, 4, Instant.now());
        Files.createFile(dir.resolve("app.db"));
        Files.writeString(
                dir.resolve("c.yml"),
                """
                snapshot: {retention: 48h}
                dbs:
                  - path: %s
                    replica: {path: %s}
                """
                        .formatted(dir.resolve("app.db"), dir.resolve("replica")));
    }

    @Test
    void tellsWhatWouldGoAndWhyAndDeletesNothing() throws Exception {
        assertThat(run()).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .startsWith(
                        "file: 2 files (312 B) would be deleted, 4 files (624 B) stay for 2 restore"
                                + " points\n")
                .containsPattern("0 +0000000000000002 .* merged, and older than 5m0s\n")
                .containsPattern(
                        "9 +0000000000000001 .* older than 48h0m0s, and no point that is kept needs"
                                + " it\n")
                .containsPattern("9 +1 +156 B +2 +312 B\n")
                .containsPattern("after 7d +1 +156 B +3 +468 B\n");
        assertThat(replica.inventory().files()).hasSize(6);
    }

    @Test
    void deletesItIfAskedTo() throws Exception {
        assertThat(run("-apply")).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out()).startsWith("file: 2 files (312 B) deleted, 4 files (624 B) stay");
        assertThat(names()).containsExactly("0/3-3", "1/2-3", "9/1-3", "9/1-4");
        run();
        assertThat(shell.out()).startsWith("file: 0 files (0 B) would be deleted, 4 files");
    }

    @Test
    void keepsWhatALevelOfTheConfigurationHasNotTakenInYet() throws Exception {
        Instant now = Instant.now();
        create(3, 2, 3, now.minus(Duration.ofDays(9)));
        create(4, 2, 3, now.minus(Duration.ofDays(9)));
        create(3, 5, 6, now.minus(Duration.ofDays(8)));
        create(9, 1, 7, now.minus(Duration.ofDays(7)));
        create(3, 7, 8, now);
        Files.writeString(
                dir.resolve("c.yml"),
                "levels: [{interval: 1m}, {interval: 5m}, {interval: 1h}, {interval: 24h}]\n",
                StandardOpenOption.APPEND);

        run("-apply");

        assertThat(names()).contains("3/5-6").doesNotContain("0/2-2", "3/2-3");

        shell.run("retention", "-apply", "-retention", "48h", url);

        assertThat(names()).as("whose levels nobody told").contains("3/5-6");
    }

    @Test
    void tellsItAsJson() {
        run("-json");

        assertThat(shell.out())
                .contains("\"replica\": \"file\",\n    \"applied\": false,\n    \"points\": 2,")
                .contains("\"reason\": \"merged, and older than 5m0s\"")
                .contains("\"deleted_files\": 1")
                .contains("\"after\": \"24h0m0s\"");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void leavesADatabaseThatIsBeingReplicated() throws Exception {
        StateDirectory state = new StateDirectory(dir.resolve(".app.db-litestream"));
        state.create();
        try (StateDirectory.Lock _ = state.tryLock().orElseThrow()) {
            assertThat(run("-apply")).isEqualTo(ExitCode.FAILURE);
            assertThat(shell.err())
                    .contains("app.db: it is being replicated by process ")
                    .contains("stop that first");
            assertThat(run()).as("looking is harmless").isEqualTo(ExitCode.SUCCESS);
        }
        assertThat(replica.inventory().files()).hasSize(6);
        assertThat(run("-apply")).isEqualTo(ExitCode.SUCCESS);
    }

    @Test
    void deletesByUrlOnlyWhatItIsToldTo() throws Exception {
        assertThat(shell.run("retention", "-apply", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("-apply with a replica URL needs -retention");
        assertThat(shell.run("retention", "-apply", "-retention", "0", "-l0-retention", "0", url))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(replica.inventory().files()).as("for ever").hasSize(6);

        shell.run("retention", "-apply", "-retention", "30d", url);

        assertThat(names()).containsExactly("0/3-3", "1/2-3", "9/1-1", "9/1-3", "9/1-4");
    }

    @Test
    void refusesWhatContradictsItself() throws Exception {
        assertThat(run("-plan", "-apply")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("cannot specify -plan and -apply");
        run("-retention", "3h");
        assertThat(shell.err()).contains("-retention and -l0-retention are for replica URLs");
        shell.run("retention", "-retention", "soon", url);
        assertThat(shell.err()).contains("-retention: \"soon\" is no duration");
        shell.run("retention");
        assertThat(shell.err()).contains("database path or replica URL required");
        Files.writeString(
                dir.resolve("c.yml"),
                "\nretention: {enabled: false}\n",
                java.nio.file.StandardOpenOption.APPEND);
        assertThat(run("-apply")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("retention.enabled is false");
    }

    @Test
    void keepsAPinnedPointUntilItIsUnpinned() throws Exception {
        assertThat(shell.run("pin", "-name", "start", "-txid", "0000000000000001", url))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo("file: pinned txid 0000000000000001 as start\n");
        assertThat(pin()).as("the newest").isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .isEqualTo("file: pinned txid 0000000000000004 as 0000000000000004\n");

        run("-apply");
        assertThat(names()).contains("9/1-1");
        assertThat(shell.out()).containsPattern("start +0000000000000001 +20.* kept\n");

        assertThat(unpin("start")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo("file: unpinned start, txid 0000000000000001\n");
        run("-apply");
        assertThat(names()).doesNotContain("9/1-1");
        assertThat(unpin("start")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("file has no pin \"start\"");
    }

    @Test
    void refusesToPinWhatIsNotThere() {
        assertThat(shell.run("pin", "-txid", "0000000000000009", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("nothing as new as txid 0000000000000009");
        assertThat(shell.run("pin", "-name", "../x", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("the name of a pin is");
        shell.run("pin", "-name", "a", "-txid", "0000000000000001", url);
        assertThat(shell.run("pin", "-name", "a", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("has a pin \"a\" of another transaction");
        assertThat(shell.run("unpin", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("-name required");
    }

    private ExitCode run(String... flags) {
        return shell.run(
                Stream.of(
                                List.of("retention", "-config", dir.resolve("c.yml").toString()),
                                List.of(flags),
                                List.of(dir.resolve("app.db").toString()))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
    }

    private ExitCode pin() {
        return shell.run(
                "pin",
                "-config",
                dir.resolve("c.yml").toString(),
                dir.resolve("app.db").toString());
    }

    private ExitCode unpin(String name) {
        return shell.run("unpin", "-name", name, url);
    }

    private List<String> names() throws IOException {
        return replica.inventory().files().stream()
                .map(file ->
                        "%s/%d-%d"
                                .formatted(
                                        file.level(),
                                        file.range().first().value(),
                                        file.range().last().value()))
                .toList();
    }

    private void create(int level, long first, long last, Instant created) throws IOException {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        replica.create(new Level(level), range, created, out -> ltx(out, range, created));
    }

    /// Writes a file of a database of one page.
    private static void ltx(OutputStream out, TxidRange range, Instant created) throws IOException {
        LtxEncoder encoder =
                new LtxEncoder(
                        out,
                        new LtxHeader(
                                512,
                                1,
                                range,
                                created,
                                WalOrigin.COMPARISON,
                                0,
                                IntegrityTag.NONE));
        encoder.page(1, new byte[512]);
        encoder.finish();
    }
}
