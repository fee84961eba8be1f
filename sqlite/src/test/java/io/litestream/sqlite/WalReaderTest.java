package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

final class WalReaderTest {

    private static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir Path directory;

    private Path database;
    private Path wal;
    private Path copy;
    private final List<Long> pages = new ArrayList<>();
    private final List<byte[]> images = new ArrayList<>();

    @BeforeEach
    void name() {
        database = directory.resolve("a.db");
        wal = directory.resolve("a.db-wal");
        copy = directory.resolve("copy-wal");
    }

    /// Makes a database with five commits in its WAL and returns the WAL's bytes.
    private WalBytes fiveCommits(int pageSize) throws IOException {
        try (Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("PRAGMA page_size=" + pageSize + "; PRAGMA journal_mode=WAL");
            writer.ask("PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            for (int i = 0; i < 4; i++) {
                writer.ask("INSERT INTO t(v) VALUES (randomblob(3 * " + pageSize + "))");
            }
            return WalBytes.read(wal);
        }
    }

    private WalRead read(WalBytes bytes, WalPosition from, long valid, long maxBytes)
            throws IOException {
        try (WalFile file = WalFile.open(bytes.write(copy)).orElseThrow()) {
            return WalReader.read(file, from, valid, maxBytes, keep(bytes.pageSize()));
        }
    }

    private WalReader.FrameSink keep(int pageSize) {
        return (_, page, buffer, offset) -> {
            pages.add(page);
            images.add(Arrays.copyOfRange(buffer, offset, offset + pageSize));
        };
    }

    private WalRead readAll(WalBytes bytes) throws IOException {
        return read(bytes, WalPosition.start(bytes.header()), bytes.frames(), NO_LIMIT);
    }

    @Test
    void countsTheFramesUpToTheLastCommit() throws Exception {
        WalBytes bytes = fiveCommits(1024);
        WalPosition end = readAll(bytes).end();

        try (WalFile file = WalFile.open(bytes.write(copy)).orElseThrow()) {
            assertThat(WalReader.committedFrames(file, bytes.header(), end.frames()))
                    .isEqualTo(end.frames());
            long before = WalReader.committedFrames(file, bytes.header(), end.frames() - 1);
            assertThat(before).isPositive().isLessThan(end.frames() - 1);
            assertThat(read(bytes, WalPosition.start(bytes.header()), before, NO_LIMIT).frames())
                    .as("it is a commit")
                    .isEqualTo(before);
            assertThat(WalReader.committedFrames(file, bytes.header(), 0)).isZero();
            assertThatThrownBy(
                            () -> WalReader.committedFrames(file, bytes.header(), end.frames() + 1))
                    .isInstanceOfSatisfying(
                            WalMismatchException.class,
                            e -> {
                                assertThat(e.frame()).isEqualTo(end.frames());
                                assertThat(e.expected()).isEqualTo("1048 bytes");
                                assertThat(e.found()).startsWith("0 before the end");
                            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 4096, 32768, 65536})
    void readsEveryFrameOfEveryPageSize(int pageSize) throws Exception {
        WalBytes bytes = fiveCommits(pageSize);

        WalRead read = readAll(bytes);

        int last = bytes.frames() - 1;
        assertThat(bytes.pageSize()).isEqualTo(pageSize);
        assertThat(pages).hasSize(bytes.frames()).doesNotContain(0L);
        for (int i = 0; i <= last; i++) {
            assertThat(pages.get(i)).isEqualTo(bytes.page(i));
            assertThat(images.get(i)).isEqualTo(bytes.image(i));
        }
        assertThat(read.frames()).isEqualTo(bytes.frames());
        assertThat(read.pageCount()).isEqualTo(bytes.commit(last));
        assertThat(read.end().frames()).isEqualTo(bytes.frames());
        assertThat(read.end().offset()).isEqualTo(bytes.array().length);
    }

    @Test
    void readsBigEndianChecksumsThatSqliteRecoversToo() throws Exception {
        WalBytes bytes = fiveCommits(4096).checksummed(ByteOrder.BIG_ENDIAN);

        WalRead read = readAll(bytes);

        assertThat(read.frames()).isEqualTo(bytes.frames());
        Files.write(wal, bytes.array());
        assertThat(Sqlite3.run(database, "SELECT count(*) FROM t; PRAGMA integrity_check"))
                .isEqualTo("4\nok");
    }

    @Test
    void theWriterOfTheTestsAgreesWithSqlite() throws Exception {
        WalBytes bytes = fiveCommits(4096);

        assertThat(bytes.checksummed(ByteOrder.LITTLE_ENDIAN).array()).isEqualTo(bytes.array());
    }

    @Test
    void countsAFrameThatSqliteClearedAndCounts() throws Exception {
        WalBytes whole = fiveCommits(1024);
        int last = whole.frames() - 1;
        WalBytes bytes = whole.cleared(2).cleared(3).cleared(last);

        WalRead read = readAll(bytes);

        assertThat(read.frames()).isEqualTo(bytes.frames());
        assertThat(images.get(3)).isEqualTo(whole.image(3));
        try (WalFile file = WalFile.open(copy).orElseThrow()) {
            assertThat(file.has(read.end())).isTrue();
            assertThatThrownBy(
                            () -> WalReader.committedFrames(file, bytes.header(), bytes.frames()))
                    .as("as SQLite sees it without an index")
                    .isInstanceOf(WalMismatchException.class);
        }
        WalBytes more = bytes.plus((int) whole.page(last), 9, whole.image(last)).cleared(last);
        assertThat(read(more, read.end(), more.frames(), NO_LIMIT).pageCount()).isEqualTo(9);
    }

    @Test
    void takesAHoleForDamage() throws Exception {
        WalBytes bytes = fiveCommits(1024);
        Arrays.fill(bytes.array(), bytes.offset(3), bytes.offset(4), (byte) 0);

        assertThat(catchThrowableOfType(WalMismatchException.class, () -> readAll(bytes)).frame())
                .isEqualTo(3);
    }

    @Test
    void readsNothingWhereNothingIsNew() throws Exception {
        WalBytes bytes = fiveCommits(4096);
        WalPosition end = readAll(bytes).end();

        assertThat(read(bytes, end, bytes.frames(), NO_LIMIT)).isEqualTo(new WalRead(end, 0, 0));
    }

    @Test
    void goesOnFromWhereItEnded() throws Exception {
        WalBytes bytes = fiveCommits(1024);
        WalPosition whole = readAll(bytes).end();
        pages.clear();

        WalPosition position = WalPosition.start(bytes.header());
        for (int frame = 0; frame < bytes.frames(); frame++) {
            if (bytes.commit(frame) != 0) {
                WalRead read = read(bytes, position, frame + 1, NO_LIMIT);
                assertThat(read.pageCount()).isEqualTo(bytes.commit(frame));
                position = read.end();
            }
        }

        assertThat(position).isEqualTo(whole);
        assertThat(pages).hasSize(bytes.frames());
    }

    @Test
    void endsAChunkOnTheFirstCommitThatReachesTheLimit() throws Exception {
        WalBytes bytes = fiveCommits(1024);
        WalPosition start = WalPosition.start(bytes.header());
        List<Long> ends = commitEnds(bytes);

        for (long limit = 0; limit <= bytes.array().length; limit += 257) {
            WalRead read = read(bytes, start, bytes.frames(), limit);

            long bytesWanted = limit;
            long expected =
                    ends.stream()
                            .filter(end -> end * bytes.frameSize() >= bytesWanted)
                            .findFirst()
                            .orElse((long) bytes.frames());
            assertThat(read.end().frames()).as("limit %d", limit).isEqualTo(expected);
            assertThat(read.pageCount()).isEqualTo(bytes.commit((int) expected - 1));
        }
    }

    private static List<Long> commitEnds(WalBytes bytes) {
        return IntStream.range(0, bytes.frames())
                .filter(frame -> bytes.commit(frame) != 0)
                .mapToObj(frame -> frame + 1L)
                .toList();
    }

    @Test
    void givesTheSinkNoFrameBeyondTheChunk() throws Exception {
        WalBytes bytes = fiveCommits(1024);

        WalRead read = read(bytes, WalPosition.start(bytes.header()), bytes.frames(), 1);

        assertThat(read.frames()).isLessThan(bytes.frames());
        assertThat(pages).hasSize((int) read.frames());
    }

    @Test
    void leavesOutTheFramesOfARolledBackTransaction() throws Exception {
        try (Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("PRAGMA journal_mode=WAL; CREATE TABLE t(v)");
            writer.ask("PRAGMA cache_size=5; PRAGMA cache_spill=1; INSERT INTO t VALUES (1)");
            writer.ask("BEGIN");
            for (int i = 0; i < 50; i++) {
                writer.ask("INSERT INTO t VALUES (randomblob(4000))");
            }
            writer.ask("ROLLBACK");
            WalBytes bytes = WalBytes.read(wal);
            long valid = validFrames();

            WalRead read = read(bytes, WalPosition.start(bytes.header()), valid, NO_LIMIT);

            assertThat(bytes.frames()).isGreaterThan((int) valid + 10);
            assertThat(read.frames()).isEqualTo(valid);
            assertThat(read.pageCount()).isEqualTo(2);
            try (WalFile file = WalFile.open(wal).orElseThrow()) {
                assertThat(file.hasFrame(bytes.header(), valid)).isTrue();
                assertThat(file.hasFrame(bytes.header(), bytes.frames())).isFalse();
            }
        }
    }

    @Test
    void leavesOutAWholeTransactionThatSqliteDoesNotCount() throws Exception {
        try (Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("PRAGMA journal_mode=WAL; CREATE TABLE t(v); INSERT INTO t VALUES (1)");
            WalBytes counted = WalBytes.read(wal);
            counted.plus(2, 2, new byte[4096]).write(wal);
            long valid = validFrames();

            WalBytes bytes = WalBytes.read(wal);
            WalRead read = read(bytes, WalPosition.start(bytes.header()), valid, NO_LIMIT);

            assertThat(readAll(bytes).frames()).as("checksums alone").isEqualTo(valid + 1);
            assertThat(read.frames()).isEqualTo(valid).isEqualTo(counted.frames());
        }
    }

    @Test
    void noticesEveryChangedByteOfAFrame() throws Exception {
        WalBytes bytes = fiveCommits(512);
        int frame = bytes.frames() / 2;

        for (int offset = bytes.offset(frame); offset < bytes.offset(frame + 1); offset++) {
            WalBytes damaged = bytes.with(offset, 0x10);

            WalMismatchException mismatch =
                    catchThrowableOfType(WalMismatchException.class, () -> readAll(damaged));

            assertThat(mismatch).as("byte %d", offset).isNotNull();
            assertThat(mismatch.frame()).isEqualTo(frame);
        }
    }

    @Test
    void namesBothSaltsWhereTheyDiffer() throws Exception {
        WalBytes bytes = fiveCommits(512);
        WalBytes damaged = bytes.with(bytes.offset(1) + 8, 0xff);

        assertThatThrownBy(() -> readAll(damaged))
                .isInstanceOf(WalMismatchException.class)
                .hasMessageContainingAll(copy.toString(), "frame 1", "salts")
                .hasMessageContaining("%08x".formatted(bytes.header().salt1()))
                .hasMessageContaining("%08x".formatted(bytes.header().salt1() ^ 0xff00_0000L));
    }

    @Test
    void refusesAnotherRunningChecksumAtThePosition() throws Exception {
        WalBytes bytes = fiveCommits(512);
        WalPosition wrong = new WalPosition(bytes.header(), 2, new WalChecksum(1, 2));

        assertThatThrownBy(() -> read(bytes, wrong, bytes.frames(), NO_LIMIT))
                .isInstanceOf(WalMismatchException.class)
                .hasMessageContaining("frame 2")
                .hasMessageContaining("checksum");
        assertThat(pages).isEmpty();
    }

    @Test
    void refusesAFileThatEndsBeforeTheValidFrames() throws Exception {
        WalBytes bytes = fiveCommits(512);
        Files.write(copy, Arrays.copyOf(bytes.array(), bytes.offset(3) + 100));

        try (WalFile file = WalFile.open(copy).orElseThrow()) {
            assertThatThrownBy(() ->
                            WalReader.read(
                                    file,
                                    WalPosition.start(bytes.header()),
                                    bytes.frames(),
                                    NO_LIMIT,
                                    keep(512)))
                    .isInstanceOf(WalMismatchException.class)
                    .hasMessageContainingAll("frame 3", "536 bytes", "100 before the end");
        }
    }

    @Test
    void refusesValidFramesThatEndInsideATransaction() throws Exception {
        WalBytes bytes = fiveCommits(512);
        int inside = Math.toIntExact(commitEnds(bytes).getLast() - 1);

        assertThatThrownBy(() -> read(bytes, WalPosition.start(bytes.header()), inside, NO_LIMIT))
                .isInstanceOf(WalMismatchException.class)
                .hasMessageContaining("expected a commit");
    }

    @Test
    void refusesAPageNumberOfZero() throws Exception {
        WalBytes bytes = fiveCommits(512).plus(0, 5, new byte[512]);

        assertThatThrownBy(() -> readAll(bytes))
                .isInstanceOf(WalMismatchException.class)
                .hasMessageContaining("page number");
    }

    @Test
    void refusesFewerValidFramesThanThePosition() throws Exception {
        WalBytes bytes = fiveCommits(512);
        WalPosition end = readAll(bytes).end();

        assertThatThrownBy(() -> read(bytes, end, end.frames() - 1, NO_LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Asks SQLite how many frames are valid, as the engine does.
    private long validFrames() throws IOException {
        try (DatabaseFile file = DatabaseFile.open(database);
                SqliteConnection connection = file.connect()) {
            return connection.checkpoint(CheckpointMode.NOOP).validFrames();
        }
    }
}
