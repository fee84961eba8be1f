package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.WalIndex;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The replicas that the original program wrote, with what each point of them must give. They are
/// not part of the sources: `LITESTREAM_GOLDEN` names their directory, else it is
/// `../shared/golden` beside the project.
final class GoldenReplicas {

    private GoldenReplicas() {}

    /// One replica.
    record Case(String name, Path directory, Map<String, Object> expected) {

        Replica replica() throws IOException {
            if (isOld()) {
                return new Replica(name, inMemory(), KeyLayout.PLAIN);
            }
            return hex()
                    ? new Replica(name, new FileObjectStore(root()), KeyLayout.HEX)
                    : new Replica(name, new FileObjectStore(root()), KeyLayout.PLAIN);
        }

        /// Says whether Litestream 0.3 wrote it, or both versions did.
        boolean isOld() {
            return Files.isDirectory(root().resolve("generations"));
        }

        /// The times of the files are not in the files, and copies of these lose them.
        private ObjectStore inMemory() throws IOException {
            MemoryObjectStore store = new MemoryObjectStore();
            for (Object row : Json.asList(expected.get("files"))) {
                Map<String, Object> file = Json.asObject(row);
                byte[] content = Files.readAllBytes(root().resolve((String) file.get("name")));
                store.create(
                        new ObjectKey((String) file.get("name")),
                        time(file),
                        out -> out.write(content));
            }
            return store;
        }

        private static Instant time(Map<String, Object> file) {
            return file.containsKey("mtime")
                    ? Instant.parse((String) file.get("mtime"))
                    : Instant.ofEpochMilli(((Number) file.get("header_timestamp_ms")).longValue());
        }

        private boolean hex() {
            return Files.isDirectory(directory.resolve("bucket"));
        }

        private Path root() {
            return hex()
                    ? directory.resolve("bucket").resolve((String) expected.get("path"))
                    : directory.resolve("replica");
        }

        List<Point> points() {
            return Json.asList(expected.get("points")).stream()
                    .map(Json::asObject)
                    .map(Point::new)
                    .toList();
        }

        List<Failure> failures() {
            return Json.asList(expected.get("restore_errors")).stream()
                    .map(Json::asObject)
                    .map(Failure::new)
                    .toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// A state that must come back exactly.
    record Point(Map<String, Object> row) {

        RestoreTarget target() {
            return GoldenReplicas.target(row);
        }

        String sha256() {
            return (String) row.get("sha256");
        }

        /// Returns the transaction; a backup of Litestream 0.3 has none.
        Optional<Txid> txid() {
            return Optional.ofNullable((String) row.get("txid")).map(Txid::parse);
        }

        @Override
        public String toString() {
            return String.valueOf(row.get("select"));
        }
    }

    /// A target that must be refused, or restored to exactly the accepted content.
    record Failure(Map<String, Object> row) {

        RestoreTarget target() {
            return GoldenReplicas.target(row);
        }

        boolean isRequired() {
            return Boolean.TRUE.equals(row.get("must_fail"));
        }

        Optional<String> accepted() {
            return Optional.ofNullable((String) row.get("accept_sha256"));
        }

        List<String> files() {
            return Stream.ofNullable(row.get("files"))
                    .map(Json::asList)
                    .flatMap(List::stream)
                    .map(file -> file.toString().substring(file.toString().lastIndexOf('/') + 1))
                    .toList();
        }

        boolean mustNameAFile() {
            return row.get("must").toString().startsWith("fail, naming the file");
        }

        @Override
        public String toString() {
            return String.valueOf(row.get("select"));
        }
    }

    static Optional<Path> root() {
        String named = System.getProperty("litestream.golden", System.getenv("LITESTREAM_GOLDEN"));
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            for (String below : List.of("shared/golden", "work/shared/golden")) {
                if (Files.isRegularFile(up.resolve(below).resolve("check.py"))) {
                    return Optional.of(up.resolve(below));
                }
            }
        }
        return Optional.empty();
    }

    static List<Case> cases(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, 3)) {
            return files.filter(file -> file.endsWith("expected.json"))
                    .map(file -> read(root, file.getParent()))
                    .sorted(java.util.Comparator.comparing(Case::name))
                    .toList();
        }
    }

    private static Case read(Path root, Path directory) {
        try {
            return new Case(
                    root.relativize(directory).toString(),
                    directory,
                    Json.object(Files.readString(directory.resolve("expected.json"))));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static RestoreTarget target(Map<String, Object> row) {
        Map<String, Object> select = Json.asObject(row.get("select"));
        if (select.containsKey("txid")) {
            return new RestoreTarget.AtTxid(Txid.parse((String) select.get("txid")));
        }
        if (select.containsKey("timestamp")) {
            return new RestoreTarget.AtTime(Instant.parse((String) select.get("timestamp")));
        }
        if (select.containsKey("generation")) {
            return new RestoreTarget.InGeneration(
                    new Generation((String) select.get("generation")),
                    new WalPoint.OfIndex(WalIndex.parse((String) select.get("index"))));
        }
        return new RestoreTarget.Latest();
    }
}
