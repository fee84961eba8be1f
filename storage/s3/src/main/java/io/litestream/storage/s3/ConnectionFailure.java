package io.litestream.storage.s3;

import io.litestream.storage.StorageException;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLException;

/// Classes failures in which no answer came that a store would give.
///
/// The causes are told by their types, from the outermost on; what the JVM and the SDK say of them
/// is left to the cause.
final class ConnectionFailure {

    private static final int UNAUTHORIZED = 401;
    private static final int PROXY_UNAUTHORIZED = 407;

    private ConnectionFailure() {}

    /// Returns the failure to `attempt` at `host`, both named in the message.
    static StorageException of(String attempt, String host, Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        for (Throwable cause = failure;
                cause != null && seen.add(cause);
                cause = cause.getCause()) {
            Optional<StorageException> classed = classed(attempt, host, failure, cause);
            if (classed.isPresent()) {
                return classed.get();
            }
        }
        return unavailable(attempt, "the connection to %s broke".formatted(host), failure);
    }

    private static Optional<StorageException> classed(
            String attempt, String host, Throwable failure, Throwable cause) {
        return switch (cause) {
            case StorageException known -> Optional.of(known);
            case WatchedHttpClient.WebPageException _ ->
                    Optional.of(
                            rejected(
                                    attempt,
                                    "%s answers with a web page; correct the endpoint, or look for a proxy in between"
                                            .formatted(host),
                                    failure));
            case Credentials.MissingException _ ->
                    Optional.of(rejected(attempt, Credentials.MissingException.REMEDY, failure));
            case UnknownHostException unknown ->
                    Optional.of(
                            unavailable(
                                    attempt,
                                    "no address is known for %s; check the endpoint and the region, and the network"
                                            .formatted(unknown.getMessage()),
                                    failure));
            case ConnectException _ ->
                    Optional.of(
                            unavailable(
                                    attempt,
                                    "%s accepts no connection; check that the server runs, and the port of the endpoint"
                                            .formatted(host),
                                    failure));
            case NoRouteToHostException _ ->
                    Optional.of(
                            unavailable(
                                    attempt,
                                    "there is no way to %s; check the network".formatted(host),
                                    failure));
            case SocketTimeoutException late ->
                    Optional.of(
                            unavailable(
                                    attempt,
                                    "%s does not answer in time (%s)"
                                            .formatted(host, late.getMessage()),
                                    failure));
            case HttpRetryException refused ->
                    Optional.of(rejected(attempt, unauthorized(host, refused), failure));
            case SSLException tls -> Optional.of(tls(attempt, host, tls));
            default -> Optional.empty();
        };
    }

    private static String unauthorized(String host, HttpRetryException refused) {
        return switch (refused.responseCode()) {
            case UNAUTHORIZED -> "%s asks for a login; check the credentials".formatted(host);
            case PROXY_UNAUTHORIZED ->
                    "the proxy asks for a login; put user and password into its URL";
            default -> "%s answers with status %d".formatted(host, refused.responseCode());
        };
    }

    private static StorageException tls(String attempt, String host, SSLException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof CertPathValidatorException) {
                return rejected(
                        attempt,
                        "the certificate of %s is not trusted; name its authority by AWS_CA_BUNDLE, or correct the endpoint"
                                .formatted(host),
                        failure);
            }
            if (cause instanceof SocketException || cause instanceof EOFException) {
                return unavailable(
                        attempt, "%s broke off while TLS was begun".formatted(host), failure);
            }
        }
        return rejected(
                attempt,
                "%s speaks no TLS that we speak (1.2 or 1.3); check the endpoint's scheme and port"
                        .formatted(host),
                failure);
    }

    private static StorageException rejected(String attempt, String reason, Throwable cause) {
        return new StorageException.Rejected("cannot %s: %s".formatted(attempt, reason), cause);
    }

    private static StorageException unavailable(String attempt, String reason, Throwable cause) {
        return new StorageException.Unavailable("cannot %s: %s".formatted(attempt, reason), cause);
    }
}
