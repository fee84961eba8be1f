package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.storage.testkit.MemoryObjectStore;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

final class VerificationRecordTest {

    private static final VerificationRecord RECORD =
            new VerificationRecord(
                    Instant.parse("2026-01-02T03:04:05.678Z"),
                    VerificationScope.DEEP,
                    new Txid(255),
                    Instant.parse("2026-01-02T03:00:00Z"),
                    new Checksum(-1),
                    VerifiedPoint.Comparison.NONE);

    private final Replica replica = new Replica("test", new MemoryObjectStore(), KeyLayout.HEX);

    @Test
    void isReadBackAsItWasWritten() throws Exception {
        assertThat(VerificationRecord.read(replica)).isEmpty();

        RECORD.write(replica);
        RECORD.write(replica);

        assertThat(VerificationRecord.read(replica)).contains(RECORD);
    }

    @Test
    void hasTheDocumentedForm() throws Exception {
        RECORD.write(replica);

        try (var in = replica.store().open(VerificationRecord.KEY)) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(
                            """
                            version 1
                            verified 2026-01-02T03:04:05.678Z
                            scope deep
                            txid 00000000000000ff
                            time 2026-01-02T03:00:00Z
                            checksum ffffffffffffffff
                            live not compared
                            """);
        }
    }

    @Test
    void ofWhatCannotBeUnderstoodThereIsNone() {
        String good = "version 1\nverified 2026-01-02T03:04:05Z\nscope newest\n";
        String rest =
                "txid 00000000000000ff\ntime 2026-01-02T03:00:00Z\nchecksum 00000000000000ff\n"
                        + "live equal\n";

        assertThat(VerificationRecord.parse(good + rest)).isPresent();
        assertThat(VerificationRecord.parse(good + "new field\n" + rest)).isPresent();
        assertThat(VerificationRecord.parse(good)).isEmpty();
        assertThat(VerificationRecord.parse(good.replace("newest", "some") + rest)).isEmpty();
        assertThat(VerificationRecord.parse(good.replace("version 1", "version 2") + rest))
                .isEmpty();
        assertThat(VerificationRecord.parse("")).isEmpty();
    }
}
