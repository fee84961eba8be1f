package io.litestream.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The name of a build: a hash of all jars and of the JVM that makes the cache.
///
/// A JVM may not notice that a jar has changed since its AOT cache was made, and runs the old
/// classes (JDK-8377932). So a cache is never found again under another content.
final class Fingerprint {

    private static final int LENGTH = 16;

    private Fingerprint() {}

    static String of(byte[] program, List<Path> jars) throws IOException {
        MessageDigest hash = sha256();
        hash.update(System.getProperty("java.vm.version").getBytes(UTF_8));
        hash.update(System.getProperty("java.home").getBytes(UTF_8));
        hash.update(program); // its manifest holds the names and the order of the others
        for (Path jar : jars) {
            hash.update(Files.readAllBytes(jar));
        }
        return HexFormat.of().formatHex(hash.digest()).substring(0, LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
