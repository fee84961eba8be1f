package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.StorageException;
import io.litestream.storage.s3.StubServer.Answer;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

final class BucketRegionTest {

    @Test
    void takesTheRegionOfTheSettingsFirst() throws Exception {
        S3Settings settings = S3Settings.of("bucket").region("eu-west-3").build();

        assertThat(region(settings, Map.of("AWS_REGION", "eu-west-1"))).isEqualTo("eu-west-3");
    }

    @Test
    void takesTheRegionOfTheEnvironmentThen() throws Exception {
        S3Settings settings = S3Settings.of("bucket").build();

        assertThat(region(settings, Map.of("AWS_REGION", "eu-west-1", "AWS_DEFAULT_REGION", "no")))
                .isEqualTo("eu-west-1");
        assertThat(region(settings, Map.of("AWS_REGION", "", "AWS_DEFAULT_REGION", "eu-west-2")))
                .isEqualTo("eu-west-2");
    }

    @Test
    void knowsTheRegionOfHostsThatTellIt() throws Exception {
        S3Settings settings =
                S3Settings.of("bucket").endpoint("https://fra1.digitaloceanspaces.com").build();

        assertThat(region(settings, Map.of("AWS_REGION", "eu-west-1"))).isEqualTo("fra1");
    }

    @Test
    void asksWhereTheBucketIs() throws Exception {
        try (StubServer server =
                StubServer.start(_ -> Answer.of(403, "x-amz-bucket-region", "ap-south-2"))) {
            assertThat(region(S3Settings.of("my.bucket").build(), Map.of(), server))
                    .isEqualTo("ap-south-2");
            assertThat(server.lines()).containsExactly("HEAD /my.bucket");
        }
    }

    @Test
    void takesTheFirstRegionIfNobodyTells() throws Exception {
        try (StubServer server = StubServer.start(_ -> Answer.of(404))) {
            assertThat(region(S3Settings.of("bucket").build(), Map.of(), server))
                    .isEqualTo("us-east-1");
        }
    }

    @Test
    void failsForNowIfNobodyAnswers() throws Exception {
        try (StubServer server = StubServer.start(_ -> Answer.of(0))) {
            assertThatThrownBy(() -> region(S3Settings.of("bucket").build(), Map.of(), server))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining("find the region of bucket bucket");
        }
    }

    @Test
    void readsTheRegionOfAnAccessPoint() {
        S3Location location =
                S3Location.parse("s3://arn:aws:s3:eu-west-3:123456789012:accesspoint/ap/path");

        assertThat(S3Options.of(S3Settings.of(location).build(), Map.of()).region())
                .isEqualTo(Optional.of("eu-west-3"));
    }

    private static String region(S3Settings settings, Map<String, String> environment)
            throws Exception {
        return region(settings, environment, URI.create("http://not.asked.invalid"));
    }

    private static String region(
            S3Settings settings, Map<String, String> environment, StubServer server)
            throws Exception {
        return region(settings, environment, URI.create("http://" + server.address()));
    }

    private static String region(S3Settings settings, Map<String, String> environment, URI anywhere)
            throws Exception {
        Connections connections =
                new Connections(
                        ProxySettings.of(Map.of()),
                        CertificateCheck.VERIFY,
                        Optional.empty(),
                        Timeouts.DEFAULT);
        return new BucketRegion(S3Options.of(settings, environment), connections, anywhere).find();
    }
}
