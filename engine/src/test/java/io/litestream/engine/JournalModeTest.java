package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class JournalModeTest {

    private static final Optional<String> NETWORK = Optional.of("nfs4");
    private static final Optional<String> LOCAL = Optional.empty();

    @Test
    void keepsByItselfOnANetworkFileSystemAlone() {
        assertThat(JournalMode.AUTO.keeps(NETWORK)).isTrue();
        assertThat(JournalMode.AUTO.keeps(LOCAL)).isFalse();
    }

    @Test
    void doesWhatItWasToldAnywhere() {
        assertThat(JournalMode.WAL.keeps(NETWORK)).isFalse();
        assertThat(JournalMode.WAL.keeps(LOCAL)).isFalse();
        assertThat(JournalMode.KEEP.keeps(NETWORK)).isTrue();
        assertThat(JournalMode.KEEP.keeps(LOCAL)).isTrue();
    }
}
