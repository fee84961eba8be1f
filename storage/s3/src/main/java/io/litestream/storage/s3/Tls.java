package io.litestream.storage.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Makes sockets for TLS that trust whom the settings trust.
final class Tls {

    private Tls() {}

    /// Returns a maker of sockets.
    ///
    /// @param authorities a PEM file of certificates that are trusted beside those of the platform
    /// @throws IOException if the file cannot be read, or holds no certificate
    static SSLSocketFactory sockets(CertificateCheck check, Optional<Path> authorities)
            throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trusted(check, authorities), null);
            return new TlsSockets(context.getSocketFactory());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot set up TLS", e);
        }
    }

    private static TrustManager[] trusted(CertificateCheck check, Optional<Path> authorities)
            throws GeneralSecurityException, IOException {
        return switch (check) {
            case SKIP -> new TrustManager[] {new TrustsAnybody()};
            case VERIFY ->
                    authorities.isEmpty()
                            ? platform().getTrustManagers()
                            : platformAnd(authorities.get()).getTrustManagers();
        };
    }

    private static TrustManagerFactory platform()
            throws NoSuchAlgorithmException, KeyStoreException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return factory;
    }

    private static TrustManagerFactory platformAnd(Path pemFile)
            throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        all.load(null, null);
        for (TrustManager manager : platform().getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                for (X509Certificate certificate : trust.getAcceptedIssuers()) {
                    all.setCertificateEntry("authority " + all.size(), certificate);
                }
            }
        }
        for (Certificate certificate : certificates(pemFile)) {
            all.setCertificateEntry("authority " + all.size(), certificate);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(all);
        return factory;
    }

    private static Collection<? extends Certificate> certificates(Path pemFile)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(pemFile)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException("%s holds no certificate".formatted(pemFile));
            }
            return found;
        }
    }

    private static final class TrustsAnybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
