package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.servers.S3Server;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The demo as newcomers run it: processes of its own, which come and go.
class DemoProcessTest {

    private static final Pattern PID = Pattern.compile("Process (\\d+) ");
    private static final String VERDICT =
            "(?m)^Every committed row came back: ([\\d,]+) of \\1 orders, proven by checksum .*$";

    @TempDir Path dir;

    private Path temporary;

    @BeforeEach
    void makeTheTemporaryDirectory() throws IOException {
        temporary = Files.createDirectory(dir.resolve("tmp"));
    }

    @Test
    void bringsEveryRowBackAndLeavesNothing() throws Exception {
        try (ChildLitestream demo = demo()) {
            assertThat(demo.await()).as(demo.out() + demo.err()).isZero();

            assertThat(demo.out()).containsPattern(VERDICT).contains("$ kill -KILL ");
            assertThat(told(demo)).hasSize(3).noneMatch(DemoProcessTest::isAlive);
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void keepsItsFilesIfAskedAndTheDestinationIfNamed() throws Exception {
        try (ChildLitestream demo = demo("-keep", "backup")) {
            assertThat(demo.await()).as(demo.out() + demo.err()).isZero();

            assertThat(demo.out())
                    .containsPattern(VERDICT)
                    .contains("The replica stays in file://" + dir.resolve("backup"));
        }
        assertThat(dir.resolve("backup/ltx/0")).isNotEmptyDirectory();
        Path kept = leftovers().getFirst();
        assertThat(ReplicaFixture.sql(kept.resolve("restored.db"), "SELECT * FROM orders"))
                .isNotEmpty()
                .isEqualTo(ReplicaFixture.sql(kept.resolve("app.db"), "SELECT * FROM orders"));
    }

    @Test
    void bringsEveryRowBackFromABucket() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(dir.resolve("s3")))) {
            server.createBucket("shop");
            String url =
                    "s3://shop/demo?endpoint=%s&forcePathStyle=true".formatted(server.endpoint());
            try (ChildLitestream demo = demo(url)) {
                assertThat(demo.await()).as(demo.out() + demo.err()).isZero();

                assertThat(demo.out()).containsPattern(VERDICT);
            }
            assertThat(server.keys("shop")).anyMatch(key -> key.startsWith("demo/0009/"));
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void takesItsProcessesAndFilesAlongIfItIsStopped() throws Exception {
        try (ChildLitestream demo = demo()) {
            demo.awaitOut("4. Start it again");
            List<ProcessHandle> children = awaitTwoChildren(demo);
            demo.signal("TERM");

            assertThat(demo.await()).isNotZero();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void failsAndKeepsItsFilesIfAProcessDoesNotDoItsPart() throws Exception {
        try (ChildLitestream demo = demo()) {
            demo.awaitOut("Process ");
            application(demo).destroyForcibly();

            assertThat(demo.await()).isEqualTo(1);
            assertThat(demo.err())
                    .containsPattern(
                            "Error: litestream demo-application \\(process \\d+\\) ended with 137"
                                    + " before it was asked to; see ");
            assertThat(demo.out()).contains("stay in " + temporary);
        }
        assertThat(leftovers()).hasSize(1);
    }

    @Test
    void refusesADestinationThatIsNotEmpty() throws Exception {
        try (ChildLitestream demo = demo(temporary.getParent().toString())) {
            assertThat(demo.await()).isEqualTo(1);
            assertThat(demo.err())
                    .contains(
                            "Error: destination file://%s is not empty; name one that is new or"
                                            .formatted(dir)
                                    + " empty\n");
        }
        assertThat(leftovers()).isEmpty();
    }

    private ChildLitestream demo(String... words) throws IOException {
        return ChildLitestream.start(
                dir,
                Map.of(
                        "JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary,
                        "LITESTREAM_ACCESS_KEY_ID", S3Server.ACCESS_KEY,
                        "LITESTREAM_SECRET_ACCESS_KEY", S3Server.SECRET_KEY),
                Stream.concat(Stream.of("demo"), Stream.of(words)).toArray(String[]::new));
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(path -> path.getFileName().toString().startsWith("litestream-demo"))
                    .toList();
        }
    }

    /// Returns the numbers of the processes that the demo told of.
    private static List<Long> told(ChildLitestream demo) throws IOException {
        return PID.matcher(demo.out())
                .results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static ProcessHandle application(ChildLitestream demo) throws IOException {
        return ProcessHandle.of(told(demo).getFirst()).orElseThrow();
    }

    /// Waits until application and replicator run.
    private static List<ProcessHandle> awaitTwoChildren(ChildLitestream demo) throws Exception {
        ProcessHandle parent = application(demo).parent().orElseThrow();
        List<ProcessHandle> children = parent.children().toList();
        for (int i = 0; i < 500 && children.size() < 2; i++) {
            Thread.sleep(20);
            children = parent.children().toList();
        }
        assertThat(children).hasSize(2);
        return children;
    }
}
