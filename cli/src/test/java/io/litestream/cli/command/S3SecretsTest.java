package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// No command tells a secret, whatever it logs, however it ends, and wherever the secret is from.
class S3SecretsTest {

    private static final String SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
    private static final String TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN";
    private static final String SSE_KEY = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("databases", "-config", "c.yml"),
                    List.of("databases", "-json", "-config", "c.yml"),
                    List.of("status", "-config", "c.yml"),
                    List.of("status", "-local", "-config", "c.yml"),
                    List.of("info", "-config", "c.yml", "app.db"),
                    List.of("verify", "-config", "c.yml", "app.db"),
                    List.of("replicate", "-dry-run", "-config", "c.yml"),
                    List.of("replicate", "-once", "-config", "c.yml"),
                    List.of("ltx", "-config", "c.yml", "app.db"),
                    List.of("restore", "-dry-run", "-config", "c.yml", "-o", "o.db", "app.db"),
                    List.of("restore", "-config", "c.yml", "-o", "out.db", "app.db"),
                    List.of("reset", "-config", "c.yml", "app.db"));

    @TempDir private Path dir;

    private S3Stub stub;
    private Map<String, String> environment;
    private final StringBuilder told = new StringBuilder();

    @BeforeEach
    void start() throws Exception {
        stub = new S3Stub();
        environment = new HashMap<>(Map.of("LOG_LEVEL", "trace"));
        ReplicaFixture.database(dir.resolve("app.db"), 1);
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void keepsTheSecretsOfTheConfiguration() throws Exception {
        Path file = Files.writeString(dir.resolve("key"), SSE_KEY);
        for (String key :
                List.of("sse-customer-key: " + SSE_KEY, "sse-customer-key-path: " + file)) {
            configure("access-key-id: A, secret-access-key: %s, %s".formatted(SECRET, key));
            COMMANDS.forEach(this::run);
        }

        assertThat(stub.requests("PUT")).isNotEmpty();
        assertNothingTold();
    }

    @Test
    void keepsTheSecretsOfTheEnvironment() throws Exception {
        environment.put("AWS_ACCESS_KEY_ID", "A");
        environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
        environment.put("AWS_SESSION_TOKEN", TOKEN);
        configure("region: r");
        COMMANDS.forEach(this::run);

        assertThat(stub.requests("PUT")).isNotEmpty();
        assertNothingTold();
    }

    @Test
    void keepsTheSecretsOfUrls() throws Exception {
        environment.put("LITESTREAM_ACCESS_KEY_ID", "A");
        environment.put("LITESTREAM_SECRET_ACCESS_KEY", SECRET);
        String key = "?endpoint=%s&sseCustomerKey=%s".formatted(stub.endpoint(), SSE_KEY);
        List<String> urls =
                List.of(
                        "s3://bkt/app" + key,
                        "s3://A:%s@bkt/app".formatted(SECRET),
                        "s3://bkt/app%s&sse-customer-key-md5=x".formatted(key),
                        "s3://bkt/app%s&endpiont=x".formatted(key),
                        "s3://bkt/app%s&partSize=x".formatted(key),
                        "s3://bkt:99%s".formatted(key),
                        "gs://bkt/app?sseCustomerKey=" + SSE_KEY,
                        "sftp://user:%s@host/path".formatted(SECRET));
        for (String url : urls) {
            run(List.of("replicate", "-dry-run", "app.db", url));
            run(List.of("replicate", "-once", "app.db", url));
            run(List.of("restore", url));
            run(List.of("restore", "-o", "out.db", url));
            run(List.of("restore", "-dry-run", "-o", "out.db", url));
            run(List.of("ltx", url));
            run(List.of("info", url));
            run(List.of("verify", url));
            run(List.of("demo", url));
        }

        assertThat(told).contains("a demo takes no key in its URL");
        assertNothingTold();
    }

    @Test
    void keepsTheSecretsIfTheServerRefuses() throws Exception {
        environment.put("AWS_SESSION_TOKEN", TOKEN);
        for (String method : List.of("PUT", "GET", "LIST", "DELETE")) {
            stub.deny(method);
            configure(
                    "access-key-id: A, secret-access-key: %s, sse-customer-key: %s"
                            .formatted(SECRET, SSE_KEY));
            COMMANDS.forEach(this::run);
        }

        assertThat(told).contains("cannot ");
        assertNothingTold();
    }

    @Test
    void keepsTheSecretsOfConfigurationsThatAreWrong() throws Exception {
        List<String> wrong =
                List.of(
                        "secret-access-key: " + SECRET,
                        "secret-access-key: [%s]".formatted(SECRET),
                        "secret-access-key: {a: %s}".formatted(SECRET),
                        "secret-access-key: *" + SECRET,
                        "secret-access-key: !%s!x y".formatted(SECRET),
                        "secret-access-key: '%s".formatted(SECRET),
                        "sse-customer-key: %s, sse-kms-key-id: x".formatted(SSE_KEY),
                        "sse-customer-key: %s".formatted(SECRET),
                        "sse-customer-key: %s, sse-customer-algorithm: x".formatted(SSE_KEY),
                        "url: 's3://bkt?sseCustomerKey=%s'".formatted(SSE_KEY),
                        "path: 's3://A:%s@bkt?sseCustomerKey=%s'".formatted(SECRET, SSE_KEY));
        for (String keys : wrong) {
            configure(keys);
            run(COMMANDS.getFirst());
        }

        assertNothingTold();
    }

    private void configure(String keys) throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                """
                logging: {level: trace}
                dbs:
                  - path: app.db
                    replica: {type: s3, bucket: bkt, endpoint: '%s', %s}
                """
                        .formatted(stub.endpoint(), keys));
    }

    private void run(List<String> words) {
        TestShell shell = new TestShell(dir, environment);
        List<String> all = new ArrayList<>(words);
        shell.run(all.toArray(String[]::new));
        told.append(words.getFirst()).append('\n').append(shell.out()).append(shell.err());
    }

    private void assertNothingTold() {
        assertThat(told).isNotEmpty().doesNotContain(SECRET, TOKEN, SSE_KEY);
    }
}
