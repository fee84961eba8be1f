package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.GoldenReplicas.Case;
import io.litestream.replica.GoldenReplicas.Point;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Merges what the original wrote; every point must stay as it was.
final class GoldenCompactionTest {

    private static final Txid ALL = new Txid(Long.MAX_VALUE);
    private static final List<String> SOUND =
            List.of("basic-4096", "levels", "page-512", "page-65536", "legacy-frames", "restart");

    @TempDir Path directory;

    static Stream<Case> cases() throws IOException {
        Optional<Path> root = GoldenReplicas.root();
        Assumptions.assumeTrue(
                root.isPresent(),
                "the golden replicas are not here: set LITESTREAM_GOLDEN to their directory");
        return GoldenReplicas.cases(root.get()).stream()
                .filter(golden -> SOUND.contains(golden.name()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPointStaysAsItWas(Case golden) throws Exception {
        Replica copy = new Replica(golden.name(), new FileObjectStore(directory), KeyLayout.PLAIN);
        for (ReplicaFile file : golden.replica().inventory().files()) {
            copy.create(
                    file.level(),
                    file.range(),
                    file.created(),
                    out -> {
                        try (InputStream in = golden.replica().open(file)) {
                            in.transferTo(out);
                        }
                    });
        }

        int merged = 0;
        for (int level = 1; level <= 4; level++) {
            merged += compactAll(copy, new Level(level));
        }

        assertThat(merged).isPositive();
        for (Point point : golden.points()) {
            assertThat(sha256(copy, point)).as(point.toString()).isEqualTo(point.sha256());
        }
    }

    private static int compactAll(Replica replica, Level level) throws IOException {
        Compactor compactor =
                new Compactor(
                        replica, LocalFiles.NONE, Compactor.Verification.READ_BACK, Clock.system());
        int merged = 0;
        for (var due = Compaction.next(replica.inventory(), level, ALL);
                due.isPresent();
                due = Compaction.next(replica.inventory(), level, ALL)) {
            compactor.compact(due.get(), () -> false);
            merged++;
        }
        return merged;
    }

    private String sha256(Replica replica, Point point) throws Exception {
        Path output = Files.createTempDirectory(directory, "restored").resolve("x.db");
        new Restore(replica, Clock.system()).run(RestoreRequest.of(point.target(), output));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(output)));
    }
}
