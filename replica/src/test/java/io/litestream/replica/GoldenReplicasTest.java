package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litestream.replica.GoldenReplicas.Case;
import io.litestream.replica.GoldenReplicas.Failure;
import io.litestream.replica.GoldenReplicas.Point;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Restores every point of every replica that the original wrote.
final class GoldenReplicasTest {

    /// Each of its points is a gigabyte; these two have the lock page on either side of the end.
    private static final List<Integer> LOCK_PAGE_POINTS = List.of(2, 3);

    private static List<Case> cases = List.of();

    @TempDir Path directory;

    @BeforeAll
    static void find() throws IOException {
        Optional<Path> root = GoldenReplicas.root();
        Assumptions.assumeTrue(
                root.isPresent(),
                "the golden replicas are not here: set LITESTREAM_GOLDEN to their directory");
        cases = GoldenReplicas.cases(root.get());
    }

    @TestFactory
    Stream<DynamicTest> restoresEveryPointExactly() {
        return cases.stream()
                .flatMap(golden ->
                        points(golden)
                                .map(point ->
                                        DynamicTest.dynamicTest(
                                                golden + " " + point,
                                                () -> restores(golden, point))));
    }

    private static Stream<Point> points(Case golden) {
        List<Point> points = golden.points();
        return golden.name().equals("lock-page")
                ? LOCK_PAGE_POINTS.stream().map(points::get)
                : points.stream();
    }

    private void restores(Case golden, Point point) throws Exception {
        Path output = directory.resolve("restored.db");

        RestoreResult result =
                new Restore(golden.replica(), Clock.system())
                        .run(RestoreRequest.of(point.target(), output));

        assertThat(sha256(output)).isEqualTo(point.sha256());
        assertThat(result.txid()).isEqualTo(point.txid());
        assertThat(result.proof()).isInstanceOf(Proof.Unproven.class);
        Files.delete(output);
        assertThatNothingElseIsLeft();
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatCannotBeHadAndLeavesNothing() {
        return cases.stream()
                .flatMap(golden ->
                        golden.failures().stream()
                                .filter(failure ->
                                        failure.isRequired() || failure.accepted().isPresent())
                                .map(failure ->
                                        DynamicTest.dynamicTest(
                                                golden + " " + failure,
                                                () -> refuses(golden, failure))));
    }

    private void refuses(Case golden, Failure failure) throws Exception {
        Path output = directory.resolve("restored.db");
        Restore restore = new Restore(golden.replica(), Clock.system());

        RestoreException thrown =
                catchThrowableOfType(
                        RestoreException.class,
                        () -> restore.run(RestoreRequest.of(failure.target(), output)));

        if (thrown == null) {
            assertThat(failure.accepted()).as("restored").contains(sha256(output));
            Files.delete(output);
        } else if (failure.mustNameAFile()) {
            assertThat(failure.files()).anyMatch(thrown.getMessage()::contains);
        }
        assertThatNothingElseIsLeft();
    }

    private void assertThatNothingElseIsLeft() throws IOException {
        Path state = directory.resolve(".restored.db-litestream");
        deleteTree(state);
        assertThat(directory).isEmptyDirectory();
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
