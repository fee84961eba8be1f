package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.servers.Fault;
import io.litestream.servers.FaultProxy;
import io.litestream.servers.HttpMessage;
import io.litestream.servers.S3Server;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.Secret;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Replicas in a bucket for a role that may put and get objects, and nothing else.
final class TwoRightsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir static Path directory;

    private static S3Server server;
    private static FaultProxy policy;
    private static S3ObjectStore whole;
    private static S3ObjectStore restricted;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.startInMemory(directory);
        policy = FaultProxy.before(server.endpoint());
        try (S3Client client =
                ClientFactory.create(
                        S3Options.of(settings(server.endpoint()), Map.of()),
                        "us-east-1",
                        UrlConnectionHttpClient.create())) {
            client.createBucket(request -> request.bucket("rights"));
        }
        whole = S3ObjectStore.open(settings(server.endpoint()), Map.of(), Clock.system());
        policy.plan(TwoRightsTest::decide);
        restricted = S3ObjectStore.open(settings(policy.endpoint()), Map.of(), Clock.system());
    }

    @AfterAll
    static void stop() throws IOException {
        restricted.close();
        whole.close();
        policy.close();
        server.close();
    }

    @Test
    void tellsADenialFromOtherRefusals() throws Exception {
        ObjectKey there = ObjectKey.of("one", "there");
        ObjectKey absent = ObjectKey.of("one", "absent");

        restricted.create(there, NOW, out -> out.write(7));
        restricted.create(there, NOW, out -> out.write(7));

        assertThat(restricted.find(there)).isPresent();
        assertThatThrownBy(() -> restricted.create(there, NOW, out -> out.write(8)))
                .isInstanceOf(StorageException.Conflict.class);
        assertThatThrownBy(() -> restricted.find(absent))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.open(absent))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.list(new ObjectKey("one"), "", 10))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.delete(there))
                .isInstanceOf(StorageException.Denied.class);
        assertThat(whole.find(there)).isPresent();
    }

    @Test
    void findsTheFilesOfAReplica() throws Exception {
        Replica owner = new Replica("owner", whole.below("two"), KeyLayout.HEX);
        Replica role = new Replica("role", restricted.below("two"), KeyLayout.HEX);
        assertThat(role.inventory().isEmpty()).isTrue();
        role.ensureReadable(NOW);

        create(role, 9, 1, 1);
        for (long txid = 2; txid <= 4; txid++) {
            create(role, 0, txid, txid);
        }
        assertSame(role, owner);

        create(role, 1, 2, 3);
        role.storeCatalog(owner.inventory(), NOW);
        for (long txid = 5; txid <= 30; txid++) {
            create(role, 0, txid, txid);
        }
        assertSame(role, owner);

        ReplicaFile gone = owner.inventory().files(Level.CAPTURED).getFirst();
        owner.delete(gone);
        assertThatThrownBy(() -> role.open(gone)).isInstanceOf(StorageException.NotFound.class);
    }

    /// Decides as S3 does. Keys are below the bucket's path; to ask for that itself is to list.
    private static Fault decide(HttpMessage request) {
        String path = request.target().split("\\?", 2)[0];
        boolean read = request.method().equals("GET") || request.method().equals("HEAD");
        boolean denied = request.method().equals("DELETE") || (read && isAbsent(path));
        return denied ? new Fault.Refuse(403, List.of()) : new Fault.None();
    }

    private static boolean isAbsent(String path) {
        String key = path.replaceFirst("^/rights/?", "");
        try {
            return key.isEmpty() || whole.find(new ObjectKey(key)).isEmpty();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    private static void create(Replica replica, int level, long first, long last)
            throws IOException {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        replica.create(
                new Level(level), range, NOW, out -> out.write(range.toString().getBytes(UTF_8)));
    }

    private static void assertSame(Replica one, Replica other) throws IOException {
        Inventory files = one.inventory();
        assertThat(files.files().toString()).isEqualTo(other.inventory().files().toString());
        assertThat(files.sizeBytes()).isEqualTo(other.inventory().sizeBytes());
    }

    private static S3Settings settings(URI endpoint) {
        return S3Settings.of("rights")
                .region("us-east-1")
                .endpoint(endpoint)
                .credentials(S3Credentials.of(S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY)))
                .build();
    }
}
