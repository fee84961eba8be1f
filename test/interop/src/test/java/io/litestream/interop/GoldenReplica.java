package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Litestream;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The replicas that the original programs wrote. They are not part of the sources:
/// `LITESTREAM_GOLDEN` names their directory, else it is `../shared/golden` beside the project.
final class GoldenReplica {

    private GoldenReplica() {}

    /// Returns their directory, or says that the test is skipped.
    static Path root() {
        Path root =
                Path.of(
                        System.getenv()
                                .getOrDefault(
                                        "LITESTREAM_GOLDEN",
                                        Litestream.root()
                                                .resolveSibling("shared/golden")
                                                .toString()));
        Assumptions.assumeTrue(
                Files.exists(root.resolve("check.py")),
                "the golden replicas are not at %s: set LITESTREAM_GOLDEN".formatted(root));
        return root;
    }

    /// Copies one of them.
    static void copy(String name, Path to) throws IOException {
        Path from = root().resolve(name).resolve("replica");
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        assertThat(to).isNotEmptyDirectory();
    }
}
