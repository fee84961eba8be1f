package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.PATHS;
import static io.litestream.cli.config.ConfigurationTexts.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where S3 replicas are, and what of it is refused. That the other keys reach the server is shown
/// by the tests of the commands.
class S3ReplicasTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type: s3, bucket: b|s3://b",
                "type: s3, bucket: b, path: /some//path/|s3://b/some/path",
                "type: s3, bucket: b, path: p, endpoint: localhost:9000"
                        + "|s3://b/p?endpoint=http://localhost:9000",
                "type: s3, bucket: b, endpoint:"
                        + " s3.example.com|s3://b?endpoint=https://s3.example.com",
                "type: s3, bucket: 'arn:aws:s3:eu-west-1:1:accesspoint/x', path: p"
                        + "|s3://arn:aws:s3:eu-west-1:1:accesspoint/x/p",
                "url: 's3://b/p'|s3://b/p",
                "url: 'S3://b/p'|s3://b/p",
                "type: s3, url:"
                        + " 's3://b/p?endpoint=http://h:1&region=x'|s3://b/p?endpoint=http://h:1",
                "url: 's3://b.localhost:9000/p'|s3://b/p?endpoint=http://localhost:9000",
                "url: 's3://b.nyc3.digitaloceanspaces.com/p'"
                        + "|s3://b/p?endpoint=https://nyc3.digitaloceanspaces.com",
                "url: 's3://b.s3.eu-west-1.amazonaws.com/p'|s3://b/p"
            })
    void findsThePlace(String keys, String shown) throws Exception {
        ReplicaPlace place = place(keys);

        assertThat(place).hasToString(shown);
        assertThat(place.type()).isEqualTo("s3");
    }

    @Test
    void findsTheRegion() throws Exception {
        assertThat(region("url: 's3://b.s3.eu-west-1.amazonaws.com/p'")).contains("eu-west-1");
        assertThat(region("url: 's3://b.s3.eu-west-1.amazonaws.com/p?region=x'")).contains("x");
        assertThat(region("type: s3, bucket: 'arn:aws:s3:eu-west-1:1:accesspoint/x'"))
                .contains("eu-west-1");
        assertThat(region("type: s3, bucket: b, region: y")).contains("y");
        assertThat(region("type: s3, bucket: b")).isEmpty();
    }

    @Test
    void takesFromTheTopLevelWhatTheReplicaDoesNotSay() throws Exception {
        Configuration configuration =
                read(
                        """
                        bucket: common
                        endpoint: http://common:9000
                        region: here
                        dbs:
                          - path: /1
                            replica: {type: s3, path: a}
                          - path: /2
                            replica: {type: s3, bucket: own, path: a, endpoint: 'own:9000'}
                          - path: /3
                            replica: {url: 's3://in-url/a?region=there'}
                          - path: /4
                            replica: {path: /directory}
                        """);

        assertThat(configuration.databases())
                .extracting(database -> database.replicas().getFirst().place().toString())
                .containsExactly(
                        "s3://common/a?endpoint=http://common:9000",
                        "s3://own/a?endpoint=https://own:9000",
                        "s3://in-url/a?endpoint=http://common:9000",
                        "file:///directory");
        assertThat(
                        ((ReplicaPlace.S3)
                                        configuration
                                                .databases()
                                                .get(2)
                                                .replicas()
                                                .getFirst()
                                                .place())
                                .settings()
                                .region())
                .contains("here");
    }

    @Test
    void takesTheEndpointFromTheEnvironmentIfNothingElseNamesOne() throws Exception {
        Map<String, String> environment = Map.of("LITESTREAM_S3_ENDPOINT", "http://env:1");
        PlaceReader reader = new PlaceReader(PATHS, environment);

        assertThat(reader.ofOperand("s3://b/p")).hasToString("s3://b/p?endpoint=http://env:1");
        assertThat(reader.ofOperand("s3://b/p?endpoint=http://h:2"))
                .hasToString("s3://b/p?endpoint=http://h:2");
        assertThat(reader.ofOperand("s3://b.localhost:3/p"))
                .hasToString("s3://b/p?endpoint=http://localhost:3");
        assertThatThrownBy(() ->
                        new PlaceReader(PATHS, Map.of("LITESTREAM_S3_ENDPOINT", "ftp://x"))
                                .ofOperand("s3://b/p"))
                .hasMessageStartingWith("environment variable LITESTREAM_S3_ENDPOINT: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type: s3|1:28: dbs[0].replica.bucket: bucket required for s3 replica",
                "url: 's3://'|1:34: dbs[0].replica.url: bucket required for s3 replica URL",
                "url: 's3://b/p', bucket: c|1:54: dbs[0].replica.bucket: cannot specify url &"
                        + " bucket for s3 replica",
                "url: 's3://b/p', path: c"
                        + "|1:52: dbs[0].replica.path: cannot specify url & path for s3 replica",
                "type: s3, bucket: a/b"
                        + "|1:47: bucket: expected the name of a bucket, or the ARN of an access"
                        + " point (got a/b)",
                "type: s3, bucket: 'arn:aws:sqs:x'"
                        + "|1:47: bucket: expected the name of a bucket, or the ARN of an access"
                        + " point (got arn:aws:sqs:x)",
                "type: s3, bucket: b, path: a/../b|1:56: dbs[0].replica.path: a key is made of",
                "type: s3, bucket: b, path: 's3://b/p?sseCustomerKey=hidden'"
                        + "|1:56: dbs[0].replica.path: replica path cannot be a url, please use"
                        + " the 'url' field instead: s3://b/p?sseCustomerKey=***",
                "type: file, url: 's3://b/p'"
                        + "|1:35: dbs[0].replica.type: the url is not that of a replica of this"
                        + " type (got file)",
                "type: s3, url: /b|1:35: dbs[0].replica.type: the url is not that of a replica",
                "type: s3, bucket: b, endpoint: 'ftp://x'|1:60: endpoint: the endpoint must be",
                "type: s3, bucket: b, endpoint: 'http://u:hidden@x'"
                        + "|1:60: endpoint: expected a URL without user and password",
                "url: 's3://b/p?region=a', region: b"
                        + "|1:63: dbs[0].replica.region: the url says something else; remove one"
                        + " of the two",
                "url: 's3://b.localhost:1/p', endpoint: 'http://x'"
                        + "|1:68: endpoint: the host of the url names the endpoint"
                        + " http://localhost:1 already; remove one of the two",
                "url: 's3://b/p?endpiont=x'"
                        + "|1:34: dbs[0].replica.url: unknown query parameter \"endpiont\"; did"
                        + " you mean \"endpoint\"?",
                "url: 's3://id:hidden@b/p'|1:34: dbs[0].replica.url: an s3 URL holds no"
                        + " credentials",
                "type: s3, bucket: b, part-size: 1MiB|1:61: part-size: the part size is 1048576",
                "url: 's3://b/p?partSize=1'|1:34: part-size: the part size is 1 bytes",
                "type: s3, bucket: b, concurrency: 0|1:63: concurrency: the concurrency is 0",
                "type: s3, bucket: b, concurrency: 5000000000|1:63: concurrency: ",
                "type: s3, bucket: b, access-key-id: AKIA"
                        + "|1:65: access-key-id: secret-access-key is missing; set both, or none"
                        + " of them to use those of the environment",
                "type: s3, bucket: b, secret-access-key: hidden"
                        + "|1:69: secret-access-key: access-key-id is missing; set both"
            })
    void refusesWhatCannotBe(String keys, String message) {
        assertThatThrownBy(() -> place(keys))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("f.yml:" + message)
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sse-customer-key: hidden|sse-customer-key: the customer key",
                "sse-customer-key: K, sse-kms-key-id: x"
                        + "|sse-kms-key-id: cannot specify sse-customer-key & sse-kms-key-id",
                "sse-customer-key-path: /k, sse-kms-key-id: x"
                        + "|sse-kms-key-id: cannot specify sse-customer-key-path & sse-kms-key-id",
                "sse-customer-key-path: /no/such/key|sse-customer-key-path: cannot read"
                        + " /no/such/key",
                "sse-customer-algorithm: AES256"
                        + "|sse-customer-algorithm: sse-customer-key or -key-path is missing",
                "sse-customer-key: K, sse-customer-algorithm: ROT13"
                        + "|sse-customer-algorithm: expected AES256 (got ROT13)",
                "sse-customer-key: K, endpoint: 'http://example.com'"
                        + "|dbs[0].replica.path: the customer key would be sent in the clear"
            })
    void refusesEncryptionThatCannotBe(String keys, String message) {
        String text = "type: s3, bucket: b, " + keys.replace(": K", ": " + KEY);

        assertThatThrownBy(() -> place(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(": " + message)
                .hasMessageNotContaining("hidden")
                .hasMessageNotContaining(KEY);
    }

    @Test
    void takesTheCustomerKeyFromAFile(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("key"), KEY + "\n");

        assertThat(place("type: s3, bucket: b, sse-customer-key-path: " + file)).isNotNull();

        Files.writeString(file, "hidden");
        assertThatThrownBy(() -> place("type: s3, bucket: b, sse-customer-key-path: " + file))
                .hasMessageContaining("sse-customer-key-path: the customer key")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void prefersTheFileWithACustomerKeyAndTheReplicaToTheTopLevel(@TempDir Path dir)
            throws Exception {
        Path file = Files.writeString(dir.resolve("key"), KEY + "\n");

        assertThat(
                        place(
                                "type: s3, bucket: b, sse-customer-key: unusable,"
                                        + " sse-customer-key-path: "
                                        + file))
                .isNotNull();
        assertThat(
                        read(
                                """
                                sse-customer-key-path: /no/such/key
                                dbs: [{path: /db, replica: {url: 's3://b/p', sse-customer-key: %s}}]
                                """
                                        .formatted(KEY)))
                .isNotNull();
    }

    @Test
    void comparesTheCustomerKeyWithItsMd5() throws Exception {
        String url = "url: 's3://b/p?sseCustomerKey=%s&sseCustomerKeyMD5=%s'";

        assertThat(place(url.formatted(KEY, "KYvwGXoFFJ42a2u2GDWhwQ=="))).isNotNull();
        assertThatThrownBy(() -> place(url.formatted(KEY, "xxxxxxxxxxxxxxxxxxxxxx==")))
                .hasMessage(
                        "f.yml:1:34: sse-customer-key: its MD5 is not the given sseCustomerKeyMD5");
        assertThatThrownBy(() -> place("url: 's3://b/p?sseCustomerKeyMD5=x'"))
                .hasMessageEndingWith("sseCustomerKeyMD5: sseCustomerKey is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "AWS_ACCESS_KEY_ID,SECRET_ACCESS_KEY",
        "LITESTREAM_ACCESS_KEY_ID,SECRET_ACCESS_KEY",
        "AWS_SECRET_ACCESS_KEY,ACCESS_KEY_ID",
        "LITESTREAM_SECRET_ACCESS_KEY,ACCESS_KEY_ID"
    })
    void refusesHalfAPairOfCredentialsInTheEnvironment(String variable, String missing) {
        assertThatThrownBy(() ->
                        read(
                                "dbs: [{path: /db, replica: {url: 's3://b/p'}}]",
                                Map.of(variable, "hidden")))
                .hasMessage(
                        "of the environment variables for S3, AWS_%s and LITESTREAM_%s are missing;"
                                        .formatted(missing, missing)
                                + " set one of them, or none for the other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "access-key-id: AKIA",
                "secret-access-key: hidden",
                "region: us-east-1",
                "bucket: b",
                "endpoint: https://example.com",
                "force-path-style: true",
                "sign-payload: true",
                "require-content-md5: true",
                "skip-verify: true",
                "storage-class: STANDARD",
                "part-size: 5MiB",
                "concurrency: 5",
                "sse-customer-algorithm: AES256",
                "sse-customer-key: hidden",
                "sse-customer-key-path: /k",
                "sse-kms-key-id: k"
            })
    void refusesAKeyOfS3InAFileReplicaAndTakesItAtTopLevel(String line) throws Exception {
        String key = line.substring(0, line.indexOf(':'));

        assertThatThrownBy(() -> ConfigurationTexts.replica(line))
                .hasMessageMatching(
                        "f.yml:5:\\d+: dbs\\[0].replica.%s: is for s3 replicas, and this is a file"
                                        .formatted(key)
                                + " replica; remove it, or set type: s3");
        assertThat(read(line + "\ndbs: [{path: /db, replica: {path: /r}}]").databases()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "url: 's3://b/p'|type: s3, bucket: b, path: /p/",
                "url: 's3://b/p'|url: 's3://b.s3.eu-west-1.amazonaws.com/p'",
                "url: 's3://b/p'|type: s3, bucket: b, path: p, endpoint:"
                        + " 's3.eu-west-1.amazonaws.com'",
                "url: 's3://b/p?endpoint=http://H:1'|type: s3, bucket: b, path: p, endpoint:"
                        + " 'http://h:1'"
            })
    void refusesTwoReplicasInOnePlace(String one, String other) {
        String text =
                "dbs:\n - {path: /1, replica: {%s}}\n - {path: /2, replica: {%s}}"
                        .formatted(one, other);

        assertThatThrownBy(() -> read(text))
                .hasMessageStartingWith("f.yml:3:")
                .hasMessageContaining("in line 2 already; each must be another one");
    }

    @Test
    void takesReplicasThatDifferInBucketPathOrEndpoint() throws Exception {
        Configuration configuration =
                read(
                        """
                        dbs:
                          - path: /1
                            replicas:
                              - url: s3://b/p
                              - url: s3://b/q
                              - url: s3://c/p
                              - url: s3://b/p?endpoint=http://h:1
                              - url: s3://b/p?endpoint=http://h:2
                        """);

        assertThat(configuration.databases().getFirst().replicas())
                .extracting(ReplicaConfiguration::name)
                .isEqualTo(List.of("s3", "s3-2", "s3-3", "s3-4", "s3-5"));
    }

    @Test
    void knowsWhichReplicasMayShareConnections() throws Exception {
        S3Access one = access("url: 's3://b/p?region=r', access-key-id: a, secret-access-key: s");

        assertThat(access("url: 's3://b/q?region=r', access-key-id: a, secret-access-key: s"))
                .isEqualTo(one)
                .hasSameHashCodeAs(one);
        for (String other :
                List.of(
                        "url: 's3://c/p?region=r', access-key-id: a, secret-access-key: s",
                        "url: 's3://b/p?region=x', access-key-id: a, secret-access-key: s",
                        "url: 's3://b/p?region=r', access-key-id: a, secret-access-key: t",
                        "url: 's3://b.localhost:1/p?region=r', access-key-id: a, secret-access-key:"
                                + " s",
                        "url: 's3://b/p?region=r'")) {
            assertThat(access(other)).isNotEqualTo(one);
        }
    }

    private static S3Access access(String keys) throws ConfigurationException {
        return ((ReplicaPlace.S3) place(keys)).access();
    }

    @Test
    void takesABandwidthForAllAndForEach() throws Exception {
        Configuration configuration =
                read(
                        """
                        bandwidth: 10MiB/s
                        dbs:
                          - path: /1
                            replicas:
                              - {path: /a, bandwidth: 500kB/s}
                              - {path: /b, bandwidth: 4096}
                              - {path: /c}
                        """);

        assertThat(configuration.bandwidth()).hasValue(10 << 20);
        List<ReplicaConfiguration> replicas = configuration.databases().getFirst().replicas();
        assertThat(replicas.get(0).bandwidth()).hasValue(500_000);
        assertThat(replicas.get(1).bandwidth()).hasValue(4096);
        assertThat(replicas.get(2).bandwidth()).isEmpty();
        assertThatThrownBy(() -> ConfigurationTexts.replica("bandwidth: 0"))
                .hasMessage(
                        "f.yml:5:18: dbs[0].replica.bandwidth: bandwidth must be at least 1 B/s"
                                + " (got 0)");
        assertThatThrownBy(() -> ConfigurationTexts.replica("bandwidth: fast"))
                .hasMessage(
                        "f.yml:5:18: dbs[0].replica.bandwidth: expected bytes in a second such as"
                                + " 500KB/s or 10MiB/s (got fast)");
    }

    @Test
    void repeatsNoSecretThatIsNotYaml() {
        assertThatThrownBy(() -> read("secret-access-key: *hidden"))
                .hasMessageStartingWith("f.yml:1:20: not YAML: found undefined alias")
                .hasMessageNotContaining("hidden");
    }

    private static ReplicaPlace place(String keys) throws ConfigurationException {
        return read("dbs: [{path: /db, replica: {%s}}]".formatted(keys))
                .databases()
                .getFirst()
                .replicas()
                .getFirst()
                .place();
    }

    private static Optional<String> region(String keys) throws ConfigurationException {
        return ((ReplicaPlace.S3) place(keys)).settings().region();
    }
}
