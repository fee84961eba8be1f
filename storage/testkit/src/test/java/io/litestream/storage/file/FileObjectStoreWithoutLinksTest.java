package io.litestream.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.testkit.Capability;
import io.litestream.storage.testkit.ObjectStoreContract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps the contract on a file system that has no hard links.
final class FileObjectStoreWithoutLinksTest extends ObjectStoreContract {

    @TempDir private Path directory;

    private FileObjectStore store;

    @Override
    protected FileObjectStore store() {
        if (store == null) {
            store =
                    new FileObjectStore(
                            directory,
                            (name, existing) -> {
                                throw new FileSystemException(
                                        name.toString(), existing.toString(), "not permitted");
                            });
        }
        return store;
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.KEEPS_KEYS_BELOW_KEYS));
    }

    @Test
    void takesAnyRefusalForTheLackOfLinks() throws Exception {
        try (Publication publication =
                Publication.open(
                        directory.resolve("file"),
                        FileAccess.ofProcess(),
                        (_, _) -> {
                            throw new UnsupportedOperationException();
                        })) {
            assertThat(publication.commitCreate()).isEqualTo(PublishOutcome.CREATED);
        }

        assertThat(directory.resolve("file")).exists();
    }

    @Test
    void failsWhereALinkFailedThoughThereAreLinks() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        FileSystemException failure = new FileSystemException("a passing failure");
        Linker linker =
                (name, existing) -> {
                    if (first.getAndSet(false)) {
                        throw failure;
                    }
                    Files.createLink(name, existing);
                };

        try (Publication publication =
                Publication.open(directory.resolve("file"), FileAccess.ofProcess(), linker)) {
            assertThatThrownBy(publication::commitCreate).isSameAs(failure);
        }

        assertThat(directory).isEmptyDirectory();
    }
}
