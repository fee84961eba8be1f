package io.litestream.architecture;

import java.util.List;
import java.util.stream.Stream;

/// The modules, and what each may use beside the Java platform: other modules, and libraries.
enum Module {
    TIME(List.of("io.litestream.time.."), List.of()),
    LTX(List.of("io.litestream.ltx.."), List.of("net.jpountz..")),
    SQLITE(List.of("io.litestream.sqlite.."), List.of("org.sqlite..")),
    STORAGE(
            List.of("io.litestream.storage", "io.litestream.storage.file.."),
            List.of("io.litestream.time")),
    TESTKIT(
            List.of("io.litestream.storage.testkit.."),
            List.of("io.litestream.storage", "io.litestream.time", "org.junit..", "org.assertj..")),
    S3(
            List.of("io.litestream.storage.s3.."),
            List.of(
                    "io.litestream.storage",
                    "io.litestream.time",
                    "javax.net.ssl..",
                    "software.amazon.awssdk..")),
    REPLICA(
            List.of("io.litestream.replica.."),
            List.of(
                    "io.litestream.ltx",
                    "io.litestream.sqlite",
                    "io.litestream.storage",
                    "io.litestream.storage.file",
                    "io.litestream.time")),
    ENGINE(
            List.of("io.litestream.engine.."),
            List.of(
                    "io.litestream.ltx",
                    "io.litestream.sqlite",
                    "io.litestream.storage",
                    "io.litestream.storage.file",
                    "io.litestream.replica..",
                    "io.litestream.time")),
    CLI(
            List.of(
                    "io.litestream.cli",
                    "io.litestream.cli.command..",
                    "io.litestream.cli.config..",
                    "io.litestream.cli.flag..",
                    "io.litestream.cli.logging..",
                    "io.litestream.cli.text.."),
            List.of("io.litestream..", "org.yaml.snakeyaml..", "sun.misc")),
    /// Plays an application that knows nothing of litestream, and so writes its database itself.
    DEMO(
            List.of("io.litestream.cli.demo.."),
            List.of("io.litestream.cli.config", "io.litestream.time")),
    DIST(
            List.of("io.litestream.dist.."),
            List.of(
                    "io.litestream.cli..",
                    "io.litestream.time",
                    "com.sun.net.httpserver", // for the training alone
                    "org.sqlite.util"));

    /// The platform, without the packages that only one module may use.
    private static final List<String> EVERYBODY =
            List.of(
                    "java.io..",
                    "java.lang..",
                    "java.math..",
                    "java.net..",
                    "java.nio..",
                    "java.security..",
                    "java.text..",
                    "java.time..",
                    "java.util",
                    "java.util.concurrent..",
                    "java.util.function..",
                    "java.util.jar..",
                    "java.util.random..",
                    "java.util.regex..",
                    "java.util.stream..",
                    "java.util.zip..",
                    "org.jspecify.annotations..",
                    "com.google.errorprone.annotations..");

    private final List<String> own;
    private final List<String> used;

    Module(List<String> own, List<String> used) {
        this.own = own;
        this.used = used;
    }

    String[] packages() {
        return own.toArray(String[]::new);
    }

    String[] allowed() {
        List<String> sql =
                switch (this) {
                    case SQLITE, DEMO, DIST -> List.of("java.sql..", "javax.sql..");
                    case TIME, LTX, STORAGE, S3, TESTKIT, REPLICA, ENGINE, CLI -> List.of();
                };
        return Stream.of(EVERYBODY, own, used, sql).flatMap(List::stream).toArray(String[]::new);
    }

    boolean holds(String packageName) {
        return own.stream()
                .anyMatch(pattern ->
                        pattern.endsWith("..")
                                ? (packageName + ".")
                                        .startsWith(pattern.substring(0, pattern.length() - 1))
                                : packageName.equals(pattern));
    }
}
