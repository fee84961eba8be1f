package io.litestream.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// Breaks each of [CallRules], so that a rule which finds nothing is not taken for one that is
/// kept.
final class Planted {

    private Planted() {}

    static void endTheProcess() {
        Runtime.getRuntime().exit(1);
    }

    static void interrupt(Thread thread) {
        thread.interrupt();
    }

    static Instant clock() {
        return Instant.now();
    }

    static byte[] open(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    static void print() {
        System.out.println();
    }

    static CompletableFuture<Void> chain() {
        return CompletableFuture.runAsync(Planted::print);
    }
}
