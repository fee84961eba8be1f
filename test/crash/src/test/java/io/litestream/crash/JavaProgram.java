package io.litestream.crash;

import org.sqlite.JDBC;
import org.sqlite.util.OSInfo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Java programs of these tests, which run as processes of their own.
final class JavaProgram {

    private static final String LIBRARY = "libsqlitejdbc.so";

    private final Path library;

    /// Puts SQLite's library into a directory, once for all programs: each would unpack its own,
    /// and leave it there when it is killed.
    JavaProgram(Path scratch) throws IOException {
        library = Files.createDirectories(scratch.resolve("native"));
        String resource =
                "/org/sqlite/native/%s/%s"
                        .formatted(OSInfo.getNativeLibFolderPathForCurrentOS(), LIBRARY);
        if (!Files.exists(library.resolve(LIBRARY))) {
            try (InputStream in = JDBC.class.getResourceAsStream(resource)) {
                Files.copy(in, library.resolve(LIBRARY));
            }
        }
    }

    /// Returns the words that start a main class.
    List<String> command(Class<?> main, Object... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        words.addAll(List.of("-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED"));
        words.add("-Dorg.sqlite.lib.path=" + library);
        words.addAll(List.of("-cp", classPath(main), main.getName()));
        Stream.of(arguments).map(String::valueOf).forEach(words::add);
        return words;
    }

    private static String classPath(Class<?> main) {
        return Stream.of(main, JDBC.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
