package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.Secret;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

final class S3SettingsTest {

    private static final S3Encryption KEY =
            new S3Encryption.CustomerKey(
                    "AES256", Secret.of("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));

    @Test
    void takesDefaultsFromTheProvider() {
        S3Options aws = S3Options.of(S3Settings.of("bucket").build(), Map.of());
        S3Options r2 =
                S3Options.of(
                        S3Settings.of("bucket")
                                .endpoint("https://abc.r2.cloudflarestorage.com")
                                .build(),
                        Map.of());

        assertThat(aws.concurrency()).isEqualTo(5);
        assertThat(aws.partSize()).isEqualTo(5_242_880);
        assertThat(aws.addressing()).isEqualTo(Addressing.VIRTUAL_HOST);
        assertThat(aws.payloadSigning()).isEqualTo(PayloadSigning.SIGNED);
        assertThat(aws.contentMd5()).isEqualTo(ContentMd5.SENT);
        assertThat(r2.concurrency()).isEqualTo(2);
    }

    @Test
    void takesAnEndpointOfTheEnvironment() {
        S3Options options =
                S3Options.of(
                        S3Settings.of("bucket").build(),
                        Map.of("AWS_ENDPOINT_URL_S3", "http://minio:9000"));

        assertThat(options.provider()).isEqualTo(S3Provider.OTHER);
        assertThat(options.host()).isEqualTo("minio:9000");
    }

    @Test
    void takesFiveMillionBytesForTheLeastPart() {
        S3Settings settings = S3Settings.of("bucket").partSize(5_000_000).build();

        assertThat(settings.partSize()).isEqualTo(5_242_880);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 4_999_999, 2L << 30})
    void refusesPartsThatAreTooSmallOrTooLarge(long bytes) {
        assertThatThrownBy(() -> S3Settings.of("bucket").partSize(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("part size is " + bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65})
    void refusesAnImpossibleConcurrency(int parts) {
        assertThatThrownBy(() -> S3Settings.of("bucket").concurrency(parts))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void doesNotSendACustomersKeyInTheClear() {
        assertThatThrownBy(() ->
                        S3Settings.of("bucket")
                                .endpoint("http://s3.example.com")
                                .encryption(KEY)
                                .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use https");

        assertThat(S3Settings.of("bucket").endpoint("http://10.1.2.3").encryption(KEY).build())
                .isNotNull();
    }

    @Test
    void refusesACustomersKeyOfTheWrongSizeWithoutShowingIt() {
        for (String wrong : new String[] {"c2hvcnQ=", "not base64!"}) {
            assertThatThrownBy(() -> new S3Encryption.CustomerKey("AES256", Secret.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoCause()
                    .hasMessageNotContaining(wrong);
        }
    }

    @Test
    void needsBothHalvesOfAnAccessKey() {
        assertThatThrownBy(() -> S3Credentials.of("", Secret.of("secret")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> S3Credentials.of("id", Secret.of(" ")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
