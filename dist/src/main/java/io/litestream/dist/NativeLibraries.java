package io.litestream.dist;

import org.sqlite.util.OSInfo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The native libraries of the platform that builds, taken out of their jars, so that the program
/// need not do it at every start.
///
/// On another platform the libraries' own way remains: they unpack themselves into a temporary
/// directory.
final class NativeLibraries {

    private NativeLibraries() {}

    static void extractInto(Path directory) throws IOException {
        extract(
                "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS(),
                System.mapLibraryName("sqlitejdbc"),
                directory);
        extract(
                "/net/jpountz/util/" + operatingSystem() + "/" + System.getProperty("os.arch"),
                System.mapLibraryName("lz4-java"),
                directory);
    }

    private static void extract(String folder, String name, Path directory) throws IOException {
        try (InputStream content = OSInfo.class.getResourceAsStream(folder + "/" + name)) {
            if (content != null) {
                Files.copy(content, directory.resolve(name));
            }
        }
    }

    private static String operatingSystem() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : name;
    }
}
