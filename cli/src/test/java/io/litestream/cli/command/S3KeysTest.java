package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// What each key of an S3 replica does to the requests that a server receives.
class S3KeysTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String KEY_MD5 = "KYvwGXoFFJ42a2u2GDWhwQ==";

    @TempDir Path dir;

    private S3Stub stub;
    private int runs;

    @BeforeEach
    void start() throws Exception {
        stub = new S3Stub();
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void keysSayWhereThingsAreAndWhoAsks() throws Exception {
        dryRun("bucket: backups, path: some/db, region: eu-south-9");

        S3Stub.Request put = put();
        assertThat(put.uri()).isEqualTo("/backups/some/db/_ctl/probe");
        assertThat(put.header("Authorization"))
                .contains("Credential=AKIATEST/")
                .contains("/eu-south-9/s3/aws4_request");
    }

    @Test
    void theSecretAccessKeySigns() throws Exception {
        run("bucket: b", Map.of(), "secret-access-key: one");
        run("bucket: b", Map.of(), "secret-access-key: other");

        assertThat(stub.requests("PUT"))
                .extracting(put -> put.header("Authorization").replaceAll(".*Signature=", ""))
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "force-path-style: true,http://s3.nowhere.test/bkt/p/_ctl/probe",
        "force-path-style: false,http://bkt.s3.nowhere.test/p/_ctl/probe"
    })
    void forcePathStyleSaysWhereTheBucketStands(String key, String uri) throws Exception {
        Map<String, String> proxy = Map.of("HTTP_PROXY", stub.endpoint());

        run(
                "bucket: bkt, path: p, endpoint: 'http://s3.nowhere.test', " + key,
                proxy,
                "secret-access-key: s");

        assertThat(put().uri()).isEqualTo(uri);
    }

    /// Without TLS it is always signed.
    @Test
    void signPayloadSaysWhetherTheContentIsSigned() throws Exception {
        try (S3Stub secure = new S3Stub(httpsServer())) {
            String keys =
                    "bucket: b, endpoint: 'https://127.0.0.1:%d', skip-verify: true, sign-payload: "
                            .formatted(secure.port());
            dryRun(keys + "true");
            dryRun(keys + "false");

            assertThat(secure.requests("PUT").get(0).header("x-amz-content-sha256"))
                    .matches("[0-9a-f]{64}");
            assertThat(secure.requests("PUT").get(1).header("x-amz-content-sha256"))
                    .isEqualTo("UNSIGNED-PAYLOAD");
        }
    }

    @Test
    void requireContentMd5SaysWhetherItIsSent() throws Exception {
        dryRun("bucket: b, require-content-md5: true");
        dryRun("bucket: b, require-content-md5: false");

        assertThat(stub.requests("PUT").get(0).header("Content-MD5")).hasSize(24);
        assertThat(stub.requests("PUT").get(1).header("Content-MD5")).isEmpty();
    }

    @Test
    void storageClassIsSent() throws Exception {
        dryRun("bucket: b, storage-class: STANDARD_IA");

        assertThat(put().header("x-amz-storage-class")).isEqualTo("STANDARD_IA");
    }

    @Test
    void aCustomerKeyIsSentWithEachRequestForAnObject() throws Exception {
        Path file = Files.writeString(dir.resolve("key"), KEY + "\n");
        dryRun("bucket: b, sse-customer-key: " + KEY);
        dryRun("bucket: b, sse-customer-algorithm: AES256, sse-customer-key-path: " + file);

        assertThat(stub.requests("PUT")).hasSize(2).allSatisfy(S3KeysTest::hasCustomerKey);
        assertThat(stub.requests("GET"))
                .filteredOn(get -> get.uri().endsWith("/_ctl/probe"))
                .hasSize(2)
                .allSatisfy(S3KeysTest::hasCustomerKey);
    }

    private static void hasCustomerKey(S3Stub.Request request) {
        String header = "x-amz-server-side-encryption-customer-";
        assertThat(request.header(header + "algorithm")).isEqualTo("AES256");
        assertThat(request.header(header + "key")).isEqualTo(KEY);
        assertThat(request.header(header + "key-MD5")).isEqualTo(KEY_MD5);
    }

    @Test
    void aKmsKeyIsNamed() throws Exception {
        dryRun("bucket: b, sse-kms-key-id: 1234-5678");

        assertThat(put().header("x-amz-server-side-encryption")).isEqualTo("aws:kms");
        assertThat(put().header("x-amz-server-side-encryption-aws-kms-key-id"))
                .isEqualTo("1234-5678");
    }

    @Test
    void partSizeAndConcurrencySayHowALargeObjectIsSent() throws Exception {
        stub.awaitParts(2);
        Path database = dir.resolve("large.db");
        ReplicaFixture.sql(
                database, "create table t(x); insert into t values(randomblob(13000000));");

        replicateOnce(database, "part-size: 6MiB, concurrency: 2");

        assertThat(stub.requests("PUT"))
                .filteredOn(put -> put.uri().contains("partNumber="))
                .extracting(S3Stub.Request::size)
                .containsExactlyInAnyOrder(6 << 20, 6 << 20, lastPart());
        assertThat(stub.mostPartsUnderWay()).isEqualTo(2);
    }

    private int lastPart() {
        return stub.requests("PUT").stream()
                .filter(put -> put.uri().contains("partNumber="))
                .mapToInt(S3Stub.Request::size)
                .min()
                .orElse(0);
    }

    @Test
    void aConcurrencyOfOneSendsOnePartAfterTheOther() throws Exception {
        Path database = dir.resolve("large.db");
        ReplicaFixture.sql(
                database, "create table t(x); insert into t values(randomblob(13000000));");

        replicateOnce(database, "concurrency: 1");

        assertThat(stub.requests("PUT"))
                .filteredOn(put -> put.uri().contains("partNumber="))
                .hasSizeGreaterThan(2);
        assertThat(stub.mostPartsUnderWay()).isEqualTo(1);
    }

    @Test
    void skipVerifyTakesAnyCertificate() throws Exception {
        try (S3Stub secure = new S3Stub(httpsServer())) {
            String keys = "bucket: b, endpoint: 'https://127.0.0.1:%d', ".formatted(secure.port());

            TestShell refused = run(keys + "skip-verify: false", Map.of(), "secret-access-key: s");
            assertThat(refused.out()).contains("error: ").contains("certificate");
            assertThat(secure.requests()).isEmpty();

            TestShell taken = run(keys + "skip-verify: true", Map.of(), "secret-access-key: s");
            assertThat(taken.out()).contains("ok: writable");
        }
    }

    private HttpsServer httpsServer() throws Exception {
        Path store = dir.resolve("keys.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=nobody",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    @Test
    void credentialsComeFromTheEnvironmentIfTheKeysNameNone() throws Exception {
        String aws = "AWS_ACCESS_KEY_ID";
        run("bucket: b", Map.of(aws, "ID1", "AWS_SECRET_ACCESS_KEY", "s"), "region: r");
        run(
                "bucket: b",
                Map.of("LITESTREAM_ACCESS_KEY_ID", "ID2", "LITESTREAM_SECRET_ACCESS_KEY", "s"),
                "region: r");
        run(
                "bucket: b",
                Map.of(
                        aws,
                        "ID3",
                        "AWS_SECRET_ACCESS_KEY",
                        "s",
                        "AWS_SESSION_TOKEN",
                        "token",
                        "LITESTREAM_ACCESS_KEY_ID",
                        "no",
                        "LITESTREAM_SECRET_ACCESS_KEY",
                        "no"),
                "region: r");

        List<S3Stub.Request> puts = stub.requests("PUT");
        assertThat(puts)
                .extracting(put -> put.header("Authorization").replaceAll(".*ial=(\\w+)/.*", "$1"))
                .containsExactly("ID1", "ID2", "ID3");
        assertThat(puts)
                .extracting(put -> put.header("x-amz-security-token"))
                .containsExactly("", "", "token");
    }

    @Test
    void parametersOfAUrlDoTheSame() throws Exception {
        TestShell shell = new TestShell(dir, credentials());
        ReplicaFixture.database(dir.resolve("a.db"), 1);

        shell.run(
                "replicate",
                "-dry-run",
                "a.db",
                ("s3://b/p?endpoint=%s&region=eu-south-9&storageClass=GLACIER_IR"
                                + "&requireContentMD5=false&sseKmsKeyId=k")
                        .formatted(stub.endpoint()));

        assertThat(shell.out()).contains("ok: writable");
        assertThat(put().uri()).isEqualTo("/b/p/_ctl/probe");
        assertThat(put().header("Authorization")).contains("/eu-south-9/s3/");
        assertThat(put().header("x-amz-storage-class")).isEqualTo("GLACIER_IR");
        assertThat(put().header("Content-MD5")).isEmpty();
        assertThat(put().header("x-amz-server-side-encryption-aws-kms-key-id")).isEqualTo("k");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT|FAILURE|error: cannot ",
                "GET|FAILURE|error: cannot ",
                "LIST|SUCCESS|; may not be listed: the catalog tells what there is",
                "DELETE|SUCCESS|; nothing may be deleted: retention is not possible, and _ctl/probe"
                        + " stays"
            })
    void aDryRunTellsWhichRightIsLacking(String method, ExitCode code, String told)
            throws Exception {
        stub.deny(method);

        TestShell shell = dryRun("bucket: b");

        assertThat(shell.out()).contains(told);
        assertThat(shell.code()).isEqualTo(code);
    }

    private S3Stub.Request put() {
        return stub.requests("PUT").getFirst();
    }

    private TestShell dryRun(String keys) throws Exception {
        return run(keys, Map.of(), "secret-access-key: s");
    }

    private TestShell run(String keys, Map<String, String> environment, String more)
            throws Exception {
        String credentials =
                more.startsWith("secret-access-key") ? "access-key-id: AKIATEST, " + more : more;
        String endpoint =
                keys.contains("endpoint:") ? "" : "endpoint: '%s', ".formatted(stub.endpoint());
        Path database = ReplicaFixture.database(dir.resolve("a%d.db".formatted(runs++)), 1);
        Files.writeString(
                dir.resolve("c.yml"),
                "dbs: [{path: %s, replica: {type: s3, %s%s, %s}}]"
                        .formatted(database, endpoint, keys, credentials));
        TestShell shell = new TestShell(dir, environment);
        shell.run("replicate", "-dry-run", "-config", "c.yml");
        return shell;
    }

    private void replicateOnce(Path database, String keys) throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                "dbs: [{path: %s, replica: {type: s3, bucket: b, endpoint: '%s', %s}}]"
                        .formatted(database, stub.endpoint(), keys));
        TestShell shell = new TestShell(dir, credentials());
        shell.run("replicate", "-once", "-config", "c.yml");
        assertThat(shell.out()).contains("one-shot replication complete");
    }

    private static Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", "AKIATEST", "AWS_SECRET_ACCESS_KEY", "s");
    }
}
