package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

class NetworkFileSystemTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "virtiofs", "vboxsf"})
    void isSharedWithOtherMachines(String type) {
        assertThat(NetworkFileSystem.isType(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "fuseblk", "fuse"
            })
    void belongsToThisMachine(String type) {
        assertThat(NetworkFileSystem.isType(type)).isFalse();
    }

    @Test
    void findsNoneWhereTheFileIsMissing() {
        assertThat(NetworkFileSystem.of(directory.resolve("none"))).isEmpty();
    }

    /// In the words of the table of mounts itself, wherever the tests run.
    @Test
    void asksForTheFileSystemOfTheFile() throws Exception {
        Path file = Files.createFile(directory.resolve("app.db"));
        String type = Files.getFileStore(directory).type();

        assertThat(NetworkFileSystem.of(file).isPresent())
                .isEqualTo(NetworkFileSystem.isType(type));
    }
}
