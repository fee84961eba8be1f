package io.litestream.replica.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.WRITE;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

final class RestoredStateTest {

    private static final Txid RESTORED = new Txid(5);
    private static final Txid HEAD = new Txid(9);

    @TempDir Path directory;

    @Test
    void leavesPositionAndTable() throws IOException {
        restore();

        assertThat(RestoredPosition.read(state().restored()))
                .contains(new RestoredPosition(RESTORED, HEAD, 4096, 2, new Checksum(11 ^ 22)));
        try (PageHashTable table = PageHashTable.open(state().table()).orElseThrow()) {
            assertThat(table.checksum()).isEqualTo(new Checksum(11 ^ 22));
            assertThat(table.txid()).contains(RESTORED);
            assertThat(table.durableThrough()).contains(RESTORED);
            assertThat(table.pageCount()).isEqualTo(2);
        }
        assertThat(directory.toFile().list()).containsExactly(".app.db-litestream");
    }

    @Test
    void thereIsNoStateDirectoryBeforeTheCommit() throws IOException {
        try (RestoredState restored = RestoredState.begin(state(), 4096, 2, RESTORED)) {
            restored.put(1, 11);

            assertThat(state().exists()).isFalse();
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void leavesAnExistingStateDirectoryAlone() throws IOException {
        state().create();

        assertThatThrownBy(() -> RestoredState.begin(state(), 4096, 2, RESTORED))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void leavesAStateDirectoryAloneThatAppearedMeanwhile() throws IOException {
        try (RestoredState restored = RestoredState.begin(state(), 4096, 2, RESTORED)) {
            state().create();

            assertThatThrownBy(() -> restored.commit(HEAD))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }

        assertThat(state().restored()).doesNotExist();
        assertThat(directory.toFile().list()).containsExactly(".app.db-litestream");
    }

    @Test
    void startsAnewAfterARestoreThatWasKilled() throws IOException {
        RestoredState killed = RestoredState.begin(state(), 4096, 7, new Txid(1));
        killed.put(3, 33);

        restore();

        assertThat(RestoredPosition.read(state().restored())).isPresent();
        killed.close();
        assertThat(state().exists()).isTrue();
    }

    @Test
    void aDamagedPositionIsNone() throws IOException {
        restore();
        byte[] good = Files.readAllBytes(state().restored());

        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(state().restored(), bad, WRITE);
            assertThat(RestoredPosition.read(state().restored())).as("byte %d", i).isEmpty();
        }
        for (int length : new int[] {0, 63, 65}) {
            Files.write(state().restored(), Arrays.copyOf(good, length));
            assertThat(RestoredPosition.read(state().restored())).isEmpty();
        }
    }

    @Test
    void thereIsNoPositionWithoutAFile() throws IOException {
        assertThat(RestoredPosition.read(state().restored())).isEmpty();
    }

    @Test
    void aPositionIsNotAfterTheHead() {
        assertThatThrownBy(() -> new RestoredPosition(HEAD, RESTORED, 4096, 2, Checksum.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("after the head");
        assertThatThrownBy(() -> new RestoredPosition(RESTORED, HEAD, 4097, 2, Checksum.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097");
    }

    private void restore() throws IOException {
        try (RestoredState restored = RestoredState.begin(state(), 4096, 2, RESTORED)) {
            restored.put(1, 11);
            restored.put(2, 22);
            assertThat(restored.checksum()).isEqualTo(new Checksum(11 ^ 22));
            restored.commit(HEAD);
        }
    }

    private StateDirectory state() {
        return new StateDirectory(StateDirectory.defaultPath(directory.resolve("app.db")));
    }
}
