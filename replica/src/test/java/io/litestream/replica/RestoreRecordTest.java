package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

final class RestoreRecordTest {

    @TempDir Path directory;

    @Test
    void readsWhatWasWritten() throws Exception {
        record().write(file());

        RestoreRecord read = RestoreRecord.read(file()).orElseThrow();

        assertThat(read.plan()).isEqualTo(77);
        assertThat(read.filesDone()).isEqualTo(3);
        assertThat(read.checksum()).isEqualTo(new Checksum(-5));
        assertThat(read.done().words()).isEqualTo(record().done().words());
        assertThat(read.begun().words()).isEqualTo(record().begun().words());
    }

    @Test
    void isNothingWhereItIsAbsentOrDamaged() throws Exception {
        assertThat(RestoreRecord.read(file())).isEmpty();

        record().write(file());
        byte[] bytes = Files.readAllBytes(file());
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 0x10;
            Files.write(file(), damaged);
            assertThat(RestoreRecord.read(file())).as("byte %d", i).isEmpty();
            Files.write(file(), Arrays.copyOf(bytes, i));
            assertThat(RestoreRecord.read(file())).as("%d bytes", i).isEmpty();
        }
    }

    private Path file() {
        return directory.resolve("record");
    }

    private static RestoreRecord record() {
        PageSet done = new PageSet();
        done.add(1);
        done.add(500);
        PageSet begun = new PageSet();
        begun.add(64);
        return new RestoreRecord(77, 3, done, begun, new Checksum(-5));
    }
}
