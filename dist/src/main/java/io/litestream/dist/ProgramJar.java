package io.litestream.dist;

import static java.util.jar.Attributes.Name.CLASS_PATH;
import static java.util.jar.Attributes.Name.MAIN_CLASS;
import static java.util.jar.Attributes.Name.MANIFEST_VERSION;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/// The jar that `java -jar` is given: little but a manifest, which names the main class and the
/// other jars, and allows native code (SQLite).
///
/// Equal input gives equal bytes.
final class ProgramJar {

    static final String NAME = "litestream.jar";
    static final String LIBRARIES = "lib";

    private static final String MAIN = "io.litestream.cli.Main";
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private ProgramJar() {}

    static byte[] bytes(List<Path> libraries, List<String> classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            jar.putNextEntry(entry(JarFile.MANIFEST_NAME));
            manifest(libraries).write(jar);
            for (String name : classes) {
                addClass(jar, name + ".class");
            }
        }
        return bytes.toByteArray();
    }

    private static Manifest manifest(List<Path> libraries) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(MANIFEST_VERSION, "1.0");
        attributes.put(MAIN_CLASS, MAIN);
        attributes.put(
                CLASS_PATH,
                libraries.stream()
                        .map(jar -> LIBRARIES + "/" + jar.getFileName())
                        .collect(Collectors.joining(" ")));
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        return manifest;
    }

    private static void addClass(JarOutputStream jar, String file) throws IOException {
        try (InputStream content = ProgramJar.class.getResourceAsStream(file)) {
            if (content == null) {
                throw new IOException(
                        "no class file " + file + " beside the program that packs it");
            }
            jar.putNextEntry(
                    entry(ProgramJar.class.getPackageName().replace('.', '/') + "/" + file));
            content.transferTo(jar);
        }
    }

    private static JarEntry entry(String name) {
        JarEntry entry = new JarEntry(name);
        entry.setTimeLocal(ENTRY_TIME);
        return entry;
    }
}
