package io.litestream.replica.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

final class StateDirectoryTest {

    @TempDir Path directory;

    @Test
    void isBesideTheDatabaseWhereTheOriginalHasIt() {
        assertThat(StateDirectory.defaultPath(Path.of("/var/lib/app.db")))
                .isEqualTo(Path.of("/var/lib/.app.db-litestream"));
        assertThat(StateDirectory.defaultPath(Path.of("app.db")))
                .isEqualTo(Path.of(".app.db-litestream"));
        assertThatThrownBy(() -> StateDirectory.defaultPath(Path.of("/")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void createsWhatIsMissing() throws IOException {
        StateDirectory state = state();
        assertThat(state.exists()).isFalse();

        state.create();
        state.create();

        assertThat(state.exists()).isTrue();
        assertThat(state.ltx0()).isEqualTo(state.path().resolve("ltx/0")).isDirectory();
    }

    @Test
    void givesTheAccessOfTheDirectoryAbove() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));

        state().create();

        assertThat(access(state().path())).isEqualTo("rwxrwx---");
        assertThat(access(state().ltx0())).isEqualTo("rwxrwx---");
    }

    @Test
    void isNotOpenToEverybodysWritesLikeADirectoryForTemporaryFiles() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        state().create();

        assertThat(access(state().path())).isEqualTo("rwxrwxr-x");
    }

    @ParameterizedTest
    @CsvSource({"rw-------,rwx------", "rw-rw----,rwxr-x---", "r--r--r--,rwxr-xr-x"})
    void isClosedToWhoeverMayNotReadTheDatabase(String database, String expected)
            throws IOException {
        Path file = Files.createFile(directory.resolve("app.db"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(database));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        state().create();

        state().closeLike(file);

        assertThat(access(state().path())).isEqualTo(expected);
    }

    @Test
    void removesTemporaryFilesOnly() throws IOException {
        StateDirectory state = state();
        state.create();
        Files.writeString(state.path().resolve("restored.1-2.3.tmp"), "x");
        Files.writeString(state.ltx0().resolve("0000000000000001-0000000000000001.ltx.tmp"), "x");
        Path kept = state.ltx0().resolve("0000000000000001-0000000000000001.ltx");
        Files.writeString(kept, "x");

        state.removeLeftovers();

        assertThat(state.ltx0()).isDirectoryContaining(kept::equals);
        assertThat(state.ltx0().toFile().list()).hasSize(1);
        assertThat(state.path().toFile().list()).containsExactly("ltx");
    }

    @Test
    void canBeLockedOnceInThisProcess() throws IOException {
        state().create();
        try (var _ = state().tryLock().orElseThrow()) {
            assertThat(state().tryLock()).isEmpty();
            assertThat(throughALink().tryLock()).isEmpty();
            assertThat(state().lockOwner()).hasValue(ProcessHandle.current().pid());
        }

        assertThat(state().tryLock()).isPresent().get().satisfies(StateDirectory.Lock::close);
    }

    @Test
    void aReplicatorThatIsKilledLeavesNoLock() throws Exception {
        state().create();
        Process holder = LockHolder.start(state().path());
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo(LockHolder.LOCKED);
            assertThat(state().tryLock()).isEmpty();
            assertThat(state().lockOwner()).hasValue(holder.pid());
        } finally {
            holder.destroyForcibly().waitFor();
        }

        assertThat(state().tryLock()).isPresent().get().satisfies(StateDirectory.Lock::close);
    }

    @Test
    void aRefusalHereDoesNotOpenTheLockToOthers() throws Exception {
        state().create();
        try (var _ = state().tryLock().orElseThrow()) {
            assertThat(state().tryLock()).isEmpty();
            assertThat(state().lockOwner()).isPresent();

            Process other = LockHolder.start(state().path());
            assertThat(other.inputReader().readLine()).isEqualTo(LockHolder.REFUSED);
            assertThat(other.waitFor()).isZero();
        }
    }

    @Test
    void doesNotGuessAnOwner() throws IOException {
        state().create();
        assertThat(state().lockOwner()).isEmpty();

        Files.writeString(state().path().resolve("owner"), "somebody");

        assertThat(state().lockOwner()).isEmpty();
    }

    private StateDirectory throughALink() throws IOException {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, state().path());
        return new StateDirectory(link);
    }

    private StateDirectory state() {
        return new StateDirectory(StateDirectory.defaultPath(directory.resolve("app.db")));
    }

    private static String access(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
