package io.litestream.storage.file;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.PatternContent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/// A program that uses a [FileObjectStore], for tests that need another process: to kill it, to
/// race with it, or to run it where the system is different.
final class StoreProgram {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");

    private StoreProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[1]);
        FileObjectStore store = new FileObjectStore(root);
        switch (arguments[0]) {
            case "create" -> create(store, Long.parseLong(arguments[2]));
            case "fill" -> fill(store, Integer.parseInt(arguments[2]));
            case "stop-halfway" -> stopHalfway(store);
            case "race" -> race(store, Integer.parseInt(arguments[2]), arguments[3]);
            case "race-without-links" ->
                    race(withoutLinks(root), Integer.parseInt(arguments[2]), arguments[3]);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static FileObjectStore withoutLinks(Path root) {
        return new FileObjectStore(
                root,
                (_, _) -> {
                    throw new UnsupportedOperationException();
                });
    }

    /// Creates one object, and prints what came of it.
    private static void create(FileObjectStore store, long size) {
        try {
            store.create(new ObjectKey("ltx/0/0001"), CREATED, new PatternContent(1, size));
            System.out.println("created");
        } catch (IOException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /// Creates object after object, each with the content of its number, and says when it begins
    /// one and when it has created one.
    private static void fill(FileObjectStore store, int size) throws IOException {
        for (int i = 0; ; i++) {
            PatternContent content = new PatternContent(i, size);
            store.create(
                    new ObjectKey("ltx/0/%06d".formatted(i)),
                    CREATED,
                    out -> {
                        System.out.println("begun");
                        content.writeTo(out);
                    });
            System.out.println("created");
        }
    }

    /// Begins an object and waits in the middle, for a line that never comes.
    private static void stopHalfway(FileObjectStore store) throws IOException {
        store.create(
                new ObjectKey("ltx/0/0001"),
                CREATED,
                out -> {
                    out.write(new byte[1_000_000]);
                    System.out.println("halfway");
                    System.in.read();
                });
    }

    /// Creates objects, one for each line that comes in, and prints which of them it won.
    private static void race(FileObjectStore store, int rounds, String content) throws IOException {
        BufferedReader starts =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < rounds; i++) {
            System.out.println("ready");
            starts.readLine();
            try {
                store.create(
                        new ObjectKey("ltx/0/%06d".formatted(i)), CREATED, out -> out.write(bytes));
                System.out.println("won");
            } catch (StorageException.Conflict _) {
                System.out.println("lost");
            }
        }
    }
}
