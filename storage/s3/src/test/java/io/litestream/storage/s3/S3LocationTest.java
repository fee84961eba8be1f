package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;

final class S3LocationTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            textBlock =
                    """
                    s3://bucket, bucket, '', -, -
                    s3://bucket/a/b, bucket, a/b, -, -
                    s3://bucket//a/b/?region=x, bucket, a/b, -, -
                    s3://bucket/a%20b+c, bucket, a b+c, -, -
                    s3://my.bucket.example.com/a, my.bucket.example.com, a, -, -
                    s3://b_1.s3.amazonaws.com/a, b_1, a, -, -
                    s3://my.bucket.s3.eu-west-3.amazonaws.com/a, my.bucket, a, eu-west-3, -
                    s3://b.s3-eu-west-3.amazonaws.com/a, b, a, eu-west-3, -
                    s3://b.s3.us-west-004.backblazeb2.com/a, b, a, us-west-004, https://s3.us-west-004.backblazeb2.com
                    s3://b.fra1.digitaloceanspaces.com/a, b, a, fra1, https://fra1.digitaloceanspaces.com
                    s3://b.s3.nl-ams.scw.cloud/a, b, a, nl-ams, https://s3.nl-ams.scw.cloud
                    s3://b.s3.filebase.com/a, b, a, -, https://s3.filebase.com
                    s3://b.nl-ams-1.linodeobjects.com/a, b, a, nl-ams-1, https://nl-ams-1.linodeobjects.com
                    s3://b.localhost:9000/a, b, a, -, http://localhost:9000
                    s3://b.127.0.0.1:9000/a, b, a, -, http://127.0.0.1:9000
                    s3://arn:aws:s3:eu-west-3:123456789012:accesspoint/ap/a/b, arn:aws:s3:eu-west-3:123456789012:accesspoint/ap, a/b, eu-west-3, -
                    s3://arn:aws:s3:eu-west-3:123456789012:accesspoint:ap, arn:aws:s3:eu-west-3:123456789012:accesspoint:ap, '', eu-west-3, -
                    """)
    void readsUrls(String url, String bucket, String path, String region, URI endpoint) {
        S3Location location = S3Location.parse(url);

        assertThat(location.bucket()).isEqualTo(bucket);
        assertThat(location.path()).isEqualTo(path);
        assertThat(location.region().orElse(null)).isEqualTo(region);
        assertThat(location.endpoint().orElse(null)).isEqualTo(endpoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://", "s3:///path", "s3://localhost:9000/bucket", "gs://bucket"})
    void refusesWhatNamesNoBucket(String url) {
        assertThatThrownBy(() -> S3Location.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(url.equals("gs://bucket") ? "s3://" : "bucket");
    }
}
