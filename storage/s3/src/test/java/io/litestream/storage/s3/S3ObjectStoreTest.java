package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.servers.S3Server;
import io.litestream.storage.Secret;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Capability;
import io.litestream.storage.testkit.ObjectStoreContract;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The contract, against a real server.
final class S3ObjectStoreTest extends ObjectStoreContract {

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @TempDir private static Path directory;

    private static S3Server server;

    private S3ObjectStore store;
    private String bucket;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.startInMemory(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        bucket = "bucket-" + BUCKETS.incrementAndGet();
        S3Settings settings = settings().build();
        try (S3Client client =
                ClientFactory.create(
                        S3Options.of(settings, Map.of()),
                        "us-east-1",
                        UrlConnectionHttpClient.create())) {
            client.createBucket(request -> request.bucket(bucket));
        }
        store = S3ObjectStore.open(settings, Map.of(), Clock.system());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected S3ObjectStore store() {
        return store;
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.LISTS_CREATED));
    }

    @Override
    protected int rounds() {
        return 5;
    }

    /// S3 lists by the bytes of UTF-8, as the contract wants. This server lists by UTF-16, in which
    /// characters beyond the first 65 536 come before some others.
    @Test
    @Override
    protected void keepsNamesInAnyScript() throws Exception {
        List<String> names = List.of("größe", "z", "данные", "資料", "ﬁ￮");
        for (String name : names) {
            create("ключ/" + name, name);
        }
        create("смех/😀", "😀");

        assertThat(keys("ключ")).isEqualTo(names.stream().map("ключ/"::concat).toList());
        assertThat(read("ключ/ﬁ￮")).isEqualTo("ﬁ￮");
        assertThat(keys("смех")).containsExactly("смех/😀");
        assertThat(read("смех/😀")).isEqualTo("😀");
    }

    /// S3 keeps both. This server keeps objects as files, so that a key below is in the way.
    @Test
    @Override
    protected void keepsKeysBelowKeys() throws Exception {
        create("db/a/b", "below");

        assertThatThrownBy(() -> create("db/a", "above"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("db/a");
        assertThat(read("db/a/b")).isEqualTo("below");
    }

    private S3Settings.Builder settings() {
        return S3Settings.of(bucket)
                .endpoint(server.endpoint())
                .credentials(S3Credentials.of(S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY)));
    }
}
