package io.litestream.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Path;

class SystemReasonTest {

    @Test
    void tellsWhatJavaKeepsToItself() {
        IOException denied = new AccessDeniedException("/a");
        IOException full = new FileSystemException("/a", null, "No space left on device");

        assertThat(denied).hasMessage("/a");
        assertThat(SystemReason.of(denied)).isEqualTo("permission denied");
        assertThat(SystemReason.withPath(denied)).isEqualTo("/a: permission denied");
        assertThat(SystemReason.of(full)).isEqualTo("No space left on device");
        assertThat(SystemReason.withPath(full)).isEqualTo("/a: No space left on device");
    }

    @Test
    void addsThePathToAFailureThatHasNone() {
        Path path = Path.of("/a");
        IOException full = SystemReason.at(path, new IOException("No space left on device"));
        IOException other = new EOFException("it ends here");

        assertThat(SystemReason.withPath(full)).isEqualTo("/a: No space left on device");
        assertThat(SystemReason.at(path, full)).isSameAs(full);
        assertThat(SystemReason.at(path, other)).isSameAs(other);
    }

    @Test
    void isNeverEmpty() {
        assertThat(SystemReason.withPath(new FileSystemLoopException("/a")))
                .isEqualTo("/a: FileSystemLoopException");
        assertThat(SystemReason.of(new IOException("why"))).isEqualTo("why");
        assertThat(SystemReason.of(new IOException())).isEqualTo("java.io.IOException");
    }
}
