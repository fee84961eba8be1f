package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;
import static io.litestream.storage.s3.Stubs.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.litestream.storage.Secret;
import io.litestream.storage.StorageException;
import io.litestream.storage.s3.StubServer.Request;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// TLS with a server whose certificate it has signed itself.
final class TlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private static Path directory;

    private static SSLContext serverSide;
    private static Path certificate;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path keys = directory.resolve("keys.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=server",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                keys.toString());
        certificate = directory.resolve("authority.pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "server",
                "-file",
                certificate.toString(),
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                keys.toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        serverSide = SSLContext.getInstance("TLS");
        serverSide.init(managers.getKeyManagers(), null, null);
    }

    @Test
    void trustsNobodyWithoutAReason() throws Exception {
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket);
                S3ObjectStore store = Stubs.open(settings(server).build(), Map.of())) {
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("certificate of " + server.address())
                    .hasMessageContaining("AWS_CA_BUNDLE");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void trustsTheAuthoritiesOfAFile() throws Exception {
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket)) {
            try (S3ObjectStore store =
                    Stubs.open(
                            settings(server).certificateAuthorities(certificate).build(),
                            Map.of())) {
                store.create(KEY, CREATED, bytes("content"));
            }
            try (S3ObjectStore store =
                    Stubs.open(
                            settings(server).build(),
                            Map.of("AWS_CA_BUNDLE", certificate.toString()))) {
                store.create(KEY, CREATED, bytes("content"));
            }
        }
    }

    @Test
    void trustsAnybodyIfToldSo() throws Exception {
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket);
                S3ObjectStore store =
                        Stubs.open(
                                settings(server).certificateCheck(CertificateCheck.SKIP).build(),
                                Map.of())) {
            store.create(KEY, CREATED, bytes("content"));
        }
    }

    @Test
    void doesNotHashContentsThatNeedNoSignature() throws Exception {
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket);
                S3ObjectStore store =
                        Stubs.open(
                                settings(server)
                                        .certificateAuthorities(certificate)
                                        .payloadSigning(PayloadSigning.UNSIGNED)
                                        .build(),
                                Map.of())) {
            store.replace(KEY, CREATED, bytes("content"));

            Request put = server.requests().getLast();
            assertThat(put.header("x-amz-content-sha256")).contains("UNSIGNED-PAYLOAD");
            assertThat(put.header("Transfer-Encoding")).isEmpty();
        }
    }

    @Test
    void sendsACustomersKeyWithEveryRequestForTheObject() throws Exception {
        S3Encryption key =
                new S3Encryption.CustomerKey(
                        "AES256", Secret.of("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket);
                S3ObjectStore store =
                        Stubs.open(
                                settings(server)
                                        .certificateAuthorities(certificate)
                                        .encryption(key)
                                        .build(),
                                Map.of())) {
            store.create(KEY, CREATED, bytes("content"));

            assertThat(server.requests())
                    .isNotEmpty()
                    .allSatisfy(request -> {
                        assertThat(
                                        request.header(
                                                "x-amz-server-side-encryption-customer-algorithm"))
                                .contains("AES256");
                        assertThat(request.header("x-amz-server-side-encryption-customer-key"))
                                .contains("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
                        assertThat(request.header("x-amz-server-side-encryption-customer-key-MD5"))
                                .isPresent();
                    });
            assertThat(key.toString()).doesNotContain("MDEy");
        }
    }

    @Test
    void speaksNothingOlderThanTls12() throws Exception {
        try (StubServer server = StubServer.startTls(serverSide, Stubs::emptyBucket);
                SSLSocket socket =
                        (SSLSocket)
                                Tls.sockets(CertificateCheck.SKIP, Optional.empty())
                                        .createSocket()) {
            assertThat(server.requests()).isEmpty();
            assertThat(socket.getEnabledProtocols()).containsOnly("TLSv1.2", "TLSv1.3");
        }
    }

    @Test
    void tellsThatAServerSpeaksNoTls() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                S3ObjectStore store =
                        Stubs.open(
                                settings("127.0.0.1:" + server.getLocalPort()).build(), Map.of())) {
            Thread.ofVirtual().start(() -> answerInTheClear(server));

            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("check the endpoint's scheme and port");
        }
    }

    /// Answers as web servers do that see no request in what comes.
    private static void answerInTheClear(ServerSocket server) {
        try (Socket socket = server.accept()) {
            assertThat(socket.getInputStream().read()).isNotNegative();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            socket.getOutputStream().flush();
            socket.getInputStream().skip(Long.MAX_VALUE);
        } catch (IOException _) {
            // the other side is gone
        }
    }

    private static S3Settings.Builder settings(StubServer server) {
        return settings(server.address());
    }

    private static S3Settings.Builder settings(String address) {
        return S3Settings.of("bucket")
                .endpoint("https://" + address)
                .credentials(Stubs.credentials());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }
}
