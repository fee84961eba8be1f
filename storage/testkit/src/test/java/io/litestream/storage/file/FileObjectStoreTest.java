package io.litestream.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Capability;
import io.litestream.storage.testkit.ObjectStoreContract;
import io.litestream.storage.testkit.PatternContent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

final class FileObjectStoreTest extends ObjectStoreContract {

    @TempDir private Path directory;

    private FileObjectStore store;

    @Override
    protected FileObjectStore store() {
        if (store == null) {
            store = new FileObjectStore(root());
        }
        return store;
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.KEEPS_KEYS_BELOW_KEYS));
    }

    @Test
    void keepsAnObjectAsTheFileOfItsKey() throws Exception {
        create("ltx/0/0001.ltx", "content");

        assertThat(root().resolve("ltx/0/0001.ltx")).hasContent("content");
        assertThat(Files.getLastModifiedTime(root().resolve("ltx/0/0001.ltx")).toInstant())
                .isEqualTo(CREATED);
        assertThat(names(root().resolve("ltx/0"))).containsExactly("0001.ltx");
    }

    @Test
    void leavesEmptyDirectoriesAlone() throws Exception {
        create("ltx/0/0001.ltx", "content");

        store().delete(key("ltx/0/0001.ltx"));
        store().delete(key("ltx/0"));

        assertThat(root().resolve("ltx/0")).isEmptyDirectory();
        assertThat(keys("ltx")).isEmpty();
    }

    @Test
    void makesDirectoriesAgainThatWereDeleted() throws Exception {
        create("ltx/0/0001.ltx", "content");
        Files.delete(root().resolve("ltx/0/0001.ltx"));
        Files.delete(root().resolve("ltx/0"));
        Files.delete(root().resolve("ltx"));

        create("ltx/0/0002.ltx", "content");

        assertThat(keys("ltx")).containsExactly("ltx/0/0002.ltx");
    }

    @Test
    void hidesTemporaryFiles() throws Exception {
        create("ltx/0/0001.ltx", "content");
        Files.createFile(root().resolve("ltx/0/0002.ltx.tmp"));
        Files.createDirectory(root().resolve("ltx/1.tmp"));
        create("ltx/1.tmp/0001.ltx", "content");

        assertThat(keys("ltx")).containsExactly("ltx/0/0001.ltx", "ltx/1.tmp/0001.ltx");
        assertThat(store().find(key("ltx/0/0002.ltx.tmp"))).isEmpty();
        assertThatThrownBy(() -> store().open(key("ltx/0/0002.ltx.tmp")))
                .isInstanceOf(StorageException.NotFound.class);
        assertThatThrownBy(() -> create("ltx/0/0003.ltx.tmp", "content"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("ltx/0/0003.ltx.tmp");
        store().delete(key("ltx/0/0002.ltx.tmp"));
        assertThat(root().resolve("ltx/0/0002.ltx.tmp")).exists();
    }

    @Test
    void sparesUnfinishedFilesOfOtherWriters() throws Exception {
        Files.createDirectories(root().resolve("ltx/0"));
        Files.createFile(root().resolve("ltx/0/0002.ltx.tmp"));

        create("ltx/0/0001.ltx", "content");

        assertThat(names(root().resolve("ltx/0"))).containsExactly("0001.ltx", "0002.ltx.tmp");
    }

    @Test
    void followsLinksButKeepsToFiles() throws Exception {
        create("ltx/0/0001.ltx", "content");
        Files.createSymbolicLink(root().resolve("ltx/1"), root().resolve("ltx/0"));
        Files.createSymbolicLink(root().resolve("ltx/2"), root().resolve("nowhere"));

        assertThat(keys("ltx")).containsExactly("ltx/0/0001.ltx", "ltx/1/0001.ltx");
        assertThat(store().find(key("ltx/2"))).isEmpty();
    }

    @Test
    void rejectsARootThatIsAFile() throws Exception {
        Files.createDirectories(root().getParent());
        Files.createFile(root());

        for (Attempt attempt :
                List.<Attempt>of(
                        () -> create("ltx/0/0001.ltx", "content"),
                        () -> keys("ltx"),
                        () -> read("ltx/0"),
                        () -> store().find(key("ltx")),
                        () -> store().delete(key("ltx/0/0001.ltx")))) {
            assertThatThrownBy(attempt::run)
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining(root() + " is a file, not a directory");
        }
    }

    @Test
    void rejectsAKeyThatIsADirectory() throws Exception {
        create("ltx/0/0001.ltx", "content");

        assertThatThrownBy(() -> create("ltx/0", "content"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("ltx/0")
                .hasMessageContaining("is a directory");
        assertThat(names(root().resolve("ltx"))).containsExactly("0");
    }

    @Test
    void rejectsNamesThatAreTooLong() {
        assertThatThrownBy(() -> create("ltx/" + "n".repeat(256), "content"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("255");
    }

    @Test
    void readsTheOldObjectToItsEndAfterAReplacement() throws Exception {
        PatternContent old = new PatternContent(1, 3_000_000);
        store().replace(key("catalog"), CREATED, old);

        try (InputStream in = store().open(key("catalog"))) {
            store().replace(key("catalog"), CREATED, new PatternContent(2, 10));
            store().delete(key("catalog"));
            old.assertSame(in);
        }
    }

    @Test
    void listsAnyTreeLikeASortedMap() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        NavigableMap<String, Long> model = new TreeMap<>(ObjectKey.BYTE_ORDER);
        for (int i = 0; i < 400; i++) {
            String key = "t/" + randomPath(random);
            try {
                store().create(key(key), CREATED, out -> out.write(new byte[key.length()]));
                model.put(key, (long) key.length());
            } catch (StorageException.Rejected _) {
                // The key is a directory, or goes on from another.
            }
        }

        assertThat(model).hasSizeGreaterThan(50);
        for (int i = 0; i < 200; i++) {
            String prefix = random.nextInt(3) == 0 ? "t/" + randomPath(random) : "t";
            String after = random.nextInt(4) == 0 ? "" : randomPath(random);
            int limit = 1 + random.nextInt(random.nextBoolean() ? 5 : 500);
            assertThat(
                            store().list(key(prefix), after, limit).stream()
                                    .map(found -> found.key().value() + " " + found.size())
                                    .toList())
                    .as("seed %d: %s after '%s'", seed, prefix, after)
                    .isEqualTo(expected(model, prefix + "/", after, limit));
        }
    }

    private static List<String> expected(
            NavigableMap<String, Long> model, String below, String after, int limit) {
        return model.tailMap(below + after, false).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(below))
                .limit(limit)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }

    /// Makes paths of few letters, of which many begin with others, around the `/` in their order.
    private static String randomPath(Random random) {
        List<String> parts = new ArrayList<>();
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            StringBuilder part = new StringBuilder();
            int length = 1 + random.nextInt(3);
            for (int j = 0; j < length; j++) {
                part.append(
                        List.of("a", "b", "-", "!", "0", "\uffee", "😀").get(random.nextInt(7)));
            }
            parts.add(part.toString());
        }
        return String.join("/", parts);
    }

    private Path root() {
        return directory.resolve("deep/root");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }
}
