package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Subprocess;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server of S3's protocol that enforces policies as AWS does (moto), in a process of its own.
///
/// `MOTO_SERVER` names its program; else it is where `.ci/policy-server` puts it.
final class PolicyServer implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("Running on (http://[0-9.]+:[0-9]+)");
    private static final Pattern KEY =
            Pattern.compile(
                    "<AccessKeyId>(.+)</AccessKeyId>.*<SecretAccessKey>(.+)</Secret",
                    Pattern.DOTALL);

    private final Subprocess process;
    private final Path log;
    private final URI endpoint;
    private final HttpClient client = HttpClient.newHttpClient();

    /// The credentials of somebody who may do what a policy says.
    record Role(String accessKey, String secretKey) {}

    private PolicyServer(Subprocess process, Path log, URI endpoint) {
        this.process = process;
        this.log = log;
        this.endpoint = endpoint;
    }

    /// Starts it, or says that the test is skipped. It enforces nothing at first.
    static PolicyServer assumeThere(Path directory) throws Exception {
        Optional<Path> program =
                Optional.ofNullable(System.getenv("MOTO_SERVER"))
                        .map(Path::of)
                        .or(() -> TestCache.find("bin/moto_server"));
        Assumptions.assumeTrue(
                program.isPresent(),
                "no server that enforces policies is here: run .ci/policy-server, or set"
                        + " MOTO_SERVER to the path of moto_server");
        Path log = Files.createFile(directory.resolve("moto.log"));
        List<String> command = List.of(program.get().toString(), "-H", "127.0.0.1", "-p", "0");
        Subprocess process = Subprocess.start(command, Map.of("PYTHONUNBUFFERED", "1"), log);
        return new PolicyServer(process, log, awaitAddress(process, log));
    }

    private static URI awaitAddress(Subprocess process, Path log) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        Matcher address = ADDRESS.matcher(Files.readString(log));
        while (!address.find()) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as(Files.readString(log))
                    .isTrue();
            Thread.sleep(20);
            address = ADDRESS.matcher(Files.readString(log));
        }
        return URI.create(address.group(1));
    }

    URI endpoint() {
        return endpoint;
    }

    void createBucket(String name) throws Exception {
        send(HttpRequest.newBuilder(endpoint.resolve("/" + name)).PUT(noBody()));
    }

    /// Sets what anybody may do, or not, with a bucket.
    void putPolicy(String bucket, String policy) throws Exception {
        send(
                HttpRequest.newBuilder(endpoint.resolve("/" + bucket + "?policy"))
                        .PUT(HttpRequest.BodyPublishers.ofString(policy)));
    }

    /// Makes somebody who may do what a policy says.
    Role createRole(String name, String policy) throws Exception {
        manage("CreateUser", Map.of("UserName", name));
        manage(
                "PutUserPolicy",
                Map.of("UserName", name, "PolicyName", name, "PolicyDocument", policy));
        String answer = manage("CreateAccessKey", Map.of("UserName", name));
        Matcher key = KEY.matcher(answer);
        assertThat(key.find()).as(answer).isTrue();
        return new Role(key.group(1), key.group(2));
    }

    /// Enforces the policies from now on.
    void enforce() throws Exception {
        send(
                HttpRequest.newBuilder(endpoint.resolve("/moto-api/reset-auth"))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("0")));
    }

    /// Returns the requests that were answered with a status, as the server noted them.
    List<String> answered(int status) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(" %d -".formatted(status))).toList();
        }
    }

    /// The service is told by the scope of the credentials alone.
    private String manage(String action, Map<String, String> parameters) throws Exception {
        StringBuilder form = new StringBuilder("Version=2010-05-08&Action=" + action);
        parameters.forEach((name, value) ->
                form.append('&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return send(
                HttpRequest.newBuilder(endpoint)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header(
                                "Authorization",
                                "AWS4-HMAC-SHA256"
                                        + " Credential=root/20260101/us-east-1/iam/aws4_request,"
                                        + " SignedHeaders=host, Signature=none")
                        .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
    }

    private static HttpRequest.BodyPublisher noBody() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private String send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
        process.close();
    }
}
