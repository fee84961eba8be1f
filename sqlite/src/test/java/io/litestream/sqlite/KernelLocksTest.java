package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.sqlite.KernelLocks.Kind;
import io.litestream.sqlite.KernelLocks.Lock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class KernelLocksTest {

    @TempDir Path directory;

    private static FileStat file(int major, int minor, long inode) {
        return new FileStat((long) major << 8 | minor, inode, 0, 0, 0, 0);
    }

    @Test
    void readsTheKernelsText() {
        KernelLocks locks =
                KernelLocks.parse(
                        List.of(
                                "1: POSIX  ADVISORY  READ 8802 fe:10:9978893 124 124",
                                "1: -> POSIX  ADVISORY  WRITE 8803 fe:10:9978893 124 124",
                                "2: FLOCK  ADVISORY  WRITE 8804 fe:10:9978893 0 EOF",
                                "3: POSIX  ADVISORY  WRITE 8805 fe:10:9978893 1073741826 EOF",
                                "4: OFDLCK ADVISORY  READ -1 fe:10:9978893 5 9",
                                "5: LEASE  ACTIVE    READ 8806 fe:10:9978893 0 EOF",
                                "6: POSIX  ADVISORY  READ 8807 fe:10:1 0 0",
                                "7: POSIX  ADVISORY  READ 8808 fe:11:9978893 0 0",
                                "",
                                "8: POSIX  ADVISORY"));

        assertThat(locks.on(file(0xfe, 0x10, 9978893)))
                .containsExactly(
                        new Lock(8802, Kind.READ, 124, 124),
                        new Lock(8805, Kind.WRITE, 1073741826, Long.MAX_VALUE),
                        new Lock(-1, Kind.READ, 5, 9));
    }

    @Test
    void findsLocksByInodeAloneWhereTheDeviceIsNeverThatOfTheFile() {
        KernelLocks locks =
                KernelLocks.parse(List.of("1: POSIX  ADVISORY  READ 7 00:2a:55 124 124"));

        assertThat(locks.on(file(0, 0x2b, 55))).hasSize(1);
        assertThat(locks.on(file(0, 0x2a, 56))).isEmpty();
    }

    @Test
    void joinsLargeDeviceNumbersAsStatDoes() {
        KernelLocks locks =
                KernelLocks.parse(
                        List.of(
                                "1: POSIX  ADVISORY  READ 7 103:12345:55 0 0",
                                "2: POSIX  ADVISORY  READ 8 00:01:55 0 0"));
        long device = 0x45 | 0x103 << 8 | 0x123L << 20;

        assertThat(locks.on(new FileStat(device, 55, 0, 0, 0, 0)))
                .extracting(Lock::pid)
                .containsExactly(7L);
    }

    @Test
    void knowsWhichBytesALockCovers() {
        Lock lock = new Lock(1, Kind.READ, 123, 125);

        assertThat(lock.covers(120, 122)).isFalse();
        assertThat(lock.covers(120, 123)).isTrue();
        assertThat(lock.covers(124, 124)).isTrue();
        assertThat(lock.covers(125, 200)).isTrue();
        assertThat(lock.covers(126, 127)).isFalse();
    }

    @Test
    void findsTheProcessThatPinsTheWal() throws Exception {
        Path path = directory.resolve("a.db");
        try (Sqlite3 reader = Sqlite3.start(path)) {
            reader.ask("PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
            FileStat shm = FileStat.of(directory.resolve("a.db-shm"));
            assertThat(readMarks(shm)).isEmpty();

            reader.ask("BEGIN; SELECT * FROM t");
            List<Lock> marks = readMarks(shm);
            reader.ask("COMMIT");

            assertThat(marks).hasSize(1);
            assertThat(marks.getFirst().pid()).isEqualTo(reader.pid());
            assertThat(marks.getFirst().kind()).isEqualTo(Kind.READ);
            assertThat(readMarks(shm)).isEmpty();
        }
    }

    @Test
    void findsOurOwnPin() throws Exception {
        Path path = directory.resolve("a.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            pin.beginRead();

            assertThat(readMarks(FileStat.of(file.shm())))
                    .containsExactly(new Lock(ProcessHandle.current().pid(), Kind.READ, 123, 123));
        }
    }

    private static List<Lock> readMarks(FileStat shm) throws Exception {
        return KernelLocks.read().on(shm).stream().filter(lock -> lock.covers(123, 127)).toList();
    }

    @Test
    void seesAllProcessesInTheInitialNamespaceOnly() throws Exception {
        String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();

        assertThat(KernelLocks.seesAllProcesses())
                .isEqualTo(namespace.equals("pid:[" + 0xEFFFFFFCL + "]"));
    }
}
