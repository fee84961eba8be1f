package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

final class WalFileTest {

    @TempDir Path directory;

    private Path path;
    private WalBytes bytes;

    @BeforeEach
    void write() throws Exception {
        path = directory.resolve("copy-wal");
        Path database = directory.resolve("a.db");
        try (Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES (1)");
            bytes = WalBytes.read(directory.resolve("a.db-wal"));
        }
        bytes.write(path);
    }

    @Test
    void isAbsentWhereThereIsNoFile() throws Exception {
        assertThat(WalFile.open(directory.resolve("none-wal"))).isEmpty();
    }

    @Test
    void hasNoHeaderWhileItIsEmptyOrShort() throws Exception {
        Files.write(path, new byte[0]);
        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            assertThat(wal.header()).isEmpty();
            assertThat(wal.rawHeader()).isEmpty();

            Files.write(path, new byte[20]);

            assertThat(wal.header()).isEmpty();
            assertThat(wal.rawHeader()).hasSize(20);
        }
    }

    @Test
    void readsThePageOfAFrame() throws Exception {
        byte[] into = new byte[4096 + 10];

        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            wal.readPage(1, 4096, into, 10);

            assertThat(ByteBuffer.wrap(into, 10, 4096)).isEqualTo(ByteBuffer.wrap(bytes.image(1)));
            assertThatThrownBy(() -> wal.readPage(bytes.frames(), 4096, into, 0))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContainingAll(path.toString(), "frame " + bytes.frames());
        }
    }

    @Test
    void readsUntilTheEndOfTheFile() throws Exception {
        ByteBuffer into = ByteBuffer.allocate(100);
        int size = bytes.array().length;

        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            assertThat(wal.sizeBytes()).isEqualTo(size);
            assertThat(wal.read(into, size - 60)).isEqualTo(60);
            assertThat(wal.read(into, size)).isZero();
        }
    }

    @Test
    void knowsItsOwnPositions() throws Exception {
        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            WalPosition start = WalPosition.start(bytes.header());
            WalPosition end = end(wal);

            assertThat(wal.has(start)).isTrue();
            assertThat(wal.has(end)).isTrue();
            assertThat(wal.has(new WalPosition(bytes.header(), 1, end.checksum()))).isFalse();
            assertThat(wal.has(new WalPosition(bytes.header(), 9, end.checksum()))).isFalse();
            assertThat(wal.has(WalPosition.start(WalHeaderTest.header(4096)))).isFalse();
        }
    }

    @Test
    void knowsAPositionNoLongerOnceTheFrameBeforeItIsAnother() throws Exception {
        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            WalPosition end = end(wal);

            bytes.with(bytes.offset(bytes.frames() - 1) + 17, 1).write(path);

            assertThat(wal.has(end)).isFalse();
            assertThat(wal.has(WalPosition.start(bytes.header()))).isTrue();
        }
    }

    private WalPosition end(WalFile wal) throws Exception {
        WalPosition start = WalPosition.start(bytes.header());
        return WalReader.read(wal, start, bytes.frames(), Long.MAX_VALUE, (_, _, _, _) -> {}).end();
    }

    @Test
    void seesAFrameOfTheSameWalOnly() throws Exception {
        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            assertThat(wal.hasFrame(bytes.header(), bytes.frames() - 1)).isTrue();
            assertThat(wal.hasFrame(bytes.header(), bytes.frames())).isFalse();
            assertThat(wal.hasFrame(WalHeaderTest.header(4096), 0)).isFalse();
        }
    }
}
