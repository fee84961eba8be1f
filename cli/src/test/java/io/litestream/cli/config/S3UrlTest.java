package io.litestream.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.s3.S3Location;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

class S3UrlTest {

    @Test
    void readsPlaceAndParameters() {
        S3Url url = S3Url.parse("s3://b.nyc3.digitaloceanspaces.com/a/b?region=x&part-size=6MiB");

        assertThat(url.location())
                .isEqualTo(S3Location.parse("s3://b.nyc3.digitaloceanspaces.com/a/b"));
        assertThat(url.location().bucket()).isEqualTo("b");
        assertThat(url.parameters()).isEqualTo(Map.of("region", "x", "part-size", 6L << 20));
        assertThat(S3Url.parse("s3://b/p?").parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "endpoint,endpoint",
        "region,region",
        "storageClass,storage-class",
        "sseCustomerAlgorithm,sse-customer-algorithm",
        "sseCustomerKey,sse-customer-key",
        "sseCustomerKeyPath,sse-customer-key-path",
        "sseKmsKeyId,sse-kms-key-id"
    })
    void takesTextsInBothForms(String camelCase, String hyphenated) {
        assertThat(S3Url.parse("s3://b/p?" + camelCase + "=a%2Fc=").parameters())
                .isEqualTo(Map.of(hyphenated, "a/c="));
        assertThat(S3Url.parse("s3://b?" + hyphenated + "=a%20b/c%3D").parameters())
                .containsOnlyKeys(hyphenated);
    }

    @ParameterizedTest
    @CsvSource({
        "forcePathStyle,force-path-style",
        "skipVerify,skip-verify",
        "signPayload,sign-payload",
        "requireContentMD5,require-content-md5"
    })
    void takesSwitchesInBothForms(String camelCase, String hyphenated) {
        for (String yes : List.of("true", "True", "1", "t", "yes")) {
            assertThat(S3Url.parse("s3://b/p?" + camelCase + "=" + yes).parameters())
                    .isEqualTo(Map.of(hyphenated, true));
        }
        for (String no : List.of("false", "0", "f", "no", "NO")) {
            assertThat(S3Url.parse("s3://b/p?" + hyphenated + "=" + no).parameters())
                    .isEqualTo(Map.of(hyphenated, false));
        }
        assertThatThrownBy(() -> S3Url.parse("s3://b/p?" + hyphenated + "=maybe"))
                .hasMessage(
                        "invalid value for query parameter \"%s\": \"maybe\" (must be true or false)"
                                .formatted(camelCase));
    }

    @ParameterizedTest
    @CsvSource({"partSize,part-size", "concurrency,concurrency"})
    void takesNumbersInBothForms(String camelCase, String hyphenated) {
        assertThat(S3Url.parse("s3://b/p?" + camelCase + "=7").parameters())
                .isEqualTo(Map.of(hyphenated, 7L));
        assertThat(S3Url.parse("s3://b/p?" + hyphenated + "=7").parameters())
                .isEqualTo(Map.of(hyphenated, 7L));
        for (String wrong : List.of("0", "-1", "x")) {
            assertThatThrownBy(() -> S3Url.parse("s3://b/p?" + camelCase + "=" + wrong))
                    .hasMessage(
                            "invalid value for query parameter \"%s\": \"%s\" (must be a positive"
                                            .formatted(camelCase, wrong)
                                    + " integer)");
        }
    }

    @Test
    void takesABase64KeyThatIsNotEscaped() {
        S3Url url = S3Url.parse("s3://b?sseCustomerKey=a+b/c==&sse-customer-key-md5=d+e==");

        assertThat(url.parameters()).isEqualTo(Map.of("sse-customer-key", "a+b/c=="));
        assertThat(url.keyMd5()).contains("d+e==");
    }

    @ParameterizedTest
    @CsvSource({
        "endpiont,endpoint",
        "force_path_style,forcePathStyle",
        "Region,region",
        "sseCustomerKeyFile,sseCustomerKey"
    })
    void refusesAParameterThatThereIsNot(String name, String nearest) {
        assertThatThrownBy(() -> S3Url.parse("s3://b/p?" + name + "=secret"))
                .hasMessage(
                        "unknown query parameter \"%s\"; did you mean \"%s\"?"
                                .formatted(name, nearest));
    }

    @Test
    void refusesAParameterThatIsGivenTwice() {
        assertThatThrownBy(() -> S3Url.parse("s3://b?part-size=1&partSize=2"))
                .hasMessage("query parameter \"partSize\" is given twice");
    }

    @Test
    void refusesCredentialsWithoutRepeatingThem() {
        assertThatThrownBy(() -> S3Url.parse("s3://AKIA:hidden@b/p"))
                .hasMessageStartingWith("an s3 URL holds no credentials")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://", "s3:///path", "s3://?region=x"})
    void refusesAUrlWithoutBucket(String url) {
        assertThatThrownBy(() -> S3Url.parse(url)).hasMessage("bucket required for s3 replica URL");
    }

    @Test
    void refusesAWrongEscapeWithoutRepeatingTheSecretAroundIt() {
        assertThatThrownBy(() -> S3Url.parse("s3://b?sseCustomerKey=hidden%zz"))
                .hasMessageStartingWith("a %-sign in the query of the replica URL")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/plain/path?x=1|/plain/path?x=1",
                "s3://b/p|s3://b/p",
                "s3://b/p?endpoint=http://h:1&part-size=1|s3://b/p?endpoint=http://h:1&part-size=1",
                "s3://b/p?sseCustomerKey=S&region=x|s3://b/p?sseCustomerKey=***&region=x",
                "s3://b/p?sse-customer-key=S|s3://b/p?sse-customer-key=***",
                "s3://b/p?sse%43ustomerKey=S|s3://b/p?sse%43ustomerKey=***",
                "s3://b/p?password=S|s3://b/p?password=***",
                "s3://b/p?endpoint=http://u:S@h|s3://b/p?endpoint=***",
                "s3://b/p?endpoint=http://u:S%40h|s3://b/p?endpoint=***",
                "s3://id:S@b/p|s3://id:***@b/p",
                "sftp://me:S@S@host/p|sftp://me:***@host/p",
                "nats://u:S@host?token=S|nats://u:***@host?token=***"
            })
    void showsNoSecret(String url, String shown) {
        assertThat(ReplicaUrl.withoutSecrets(url)).isEqualTo(shown);
    }
}
