package io.litestream.storage.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.http.urlconnection.UrlConnectionFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/// Opens connections: through the proxy of the environment, with the certificates of the settings,
/// and never without limits of time.
final class Connections implements UrlConnectionFactory {

    /// The Java platform does not send passwords to proxies before a tunnel, unless this is empty.
    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private final ProxySettings proxies;
    private final CertificateCheck check;
    private final Optional<Path> authorities;
    private final Timeouts timeouts;

    /// Made for the first connection that needs it, as it takes long. One for all, since
    /// connections are kept for those who use the same.
    @GuardedBy("this")
    private @Nullable SSLSocketFactory sockets;

    Connections(
            ProxySettings proxies,
            CertificateCheck check,
            Optional<Path> authorities,
            Timeouts timeouts) {
        this.proxies = proxies;
        this.check = check;
        this.authorities = authorities;
        this.timeouts = timeouts;
    }

    @Override
    public HttpURLConnection createConnection(URI url) {
        try {
            return open(url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpURLConnection open(URI url) throws IOException {
        HttpURLConnection connection = through(proxies.forUrl(url), url);
        if (connection instanceof HttpsURLConnection tls) {
            tls.setSSLSocketFactory(sockets());
            if (check == CertificateCheck.SKIP) {
                tls.setHostnameVerifier((_, _) -> true);
            }
        }
        connection.setConnectTimeout(Math.toIntExact(timeouts.connect().toMillis()));
        boolean assembles = Patience.mayAssemble(url);
        connection.setReadTimeout(
                Math.toIntExact((assembles ? timeouts.assembly() : timeouts.silence()).toMillis()));
        connection.setUseCaches(false);
        return connection;
    }

    private static HttpURLConnection through(Optional<ProxySettings.Server> server, URI url)
            throws IOException {
        if (server.isEmpty()) {
            return (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
        }
        if (server.get().user().isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
            System.setProperty(TUNNEL_SCHEMES, "");
        }
        HttpURLConnection connection =
                (HttpURLConnection) url.toURL().openConnection(server.get().proxy());
        server.get().authenticator().ifPresent(connection::setAuthenticator);
        return connection;
    }

    private synchronized SSLSocketFactory sockets() throws IOException {
        if (sockets == null) {
            try {
                sockets = Tls.sockets(check, authorities);
            } catch (IOException e) {
                throw new StorageException.Rejected(
                        "cannot take the certificates of authorities from %s; it must be a PEM file"
                                .formatted(authorities.map(Path::toString).orElse("the platform")),
                        e);
            }
        }
        return sockets;
    }
}
