package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteVersionTest {

    @Test
    void theLibraryInUseIsSafe() throws Exception {
        SqliteVersion version = SqliteVersion.parse(SqliteConnection.libraryVersion());

        assertThatCode(version::requireSafe).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.51.3", "3.51.10", "3.54.1", "4.0.0"})
    void acceptsVersionsWithTheFix(String version) {
        assertThatCode(() -> SqliteVersion.parse(version).requireSafe()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.51.2", "3.50.9", "3.9.10", "2.99.99"})
    void refusesVersionsWithoutIt(String version) {
        assertThatThrownBy(() -> SqliteVersion.parse(version).requireSafe())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(version, "at least 3.51.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3.51", "3.51.3.1", "3.x.1"})
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> SqliteVersion.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
