package io.litestream.storage.s3;

import io.litestream.storage.Secret;

import org.jspecify.annotations.Nullable;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The proxies that the environment names, in capitals or not: `HTTPS_PROXY` and `HTTP_PROXY` by
/// the scheme of the request, and `NO_PROXY` for hosts to which requests go straight. They always
/// do to this machine.
final class ProxySettings {

    private final @Nullable Server forHttp;
    private final @Nullable Server forHttps;
    private final List<String> excluded;

    private ProxySettings(
            @Nullable Server forHttp, @Nullable Server forHttps, List<String> excluded) {
        this.forHttp = forHttp;
        this.forHttps = forHttps;
        this.excluded = excluded;
    }

    /// Reads the environment.
    ///
    /// @throws IllegalArgumentException if a proxy is not an URL
    static ProxySettings of(Map<String, String> environment) {
        String excluded = value(environment, "NO_PROXY").orElse("");
        return new ProxySettings(
                server(environment, "HTTP_PROXY"),
                server(environment, "HTTPS_PROXY"),
                Stream.of(excluded.split("[,\\s]+"))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> entry.toLowerCase(Locale.ROOT))
                        .toList());
    }

    /// Returns the proxy for a request; nothing if it goes straight.
    Optional<Server> forUrl(URI url) {
        Server server = "https".equals(url.getScheme()) ? forHttps : forHttp;
        return isExcluded(url) ? Optional.empty() : Optional.ofNullable(server);
    }

    private boolean isExcluded(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
        int port = url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
        return host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("::1")
                || excluded.stream().anyMatch(entry -> matches(entry, host, port));
    }

    /// An entry is `*`, or an address, a range of addresses, or a domain with all that is below it,
    /// each perhaps with a port.
    private static boolean matches(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        AddressRange range = AddressRange.parse(entry);
        if (range != null) {
            return range.contains(host);
        }
        String name = entry.replaceFirst(":[0-9]+$", "");
        if (!name.equals(entry) && !entry.endsWith(":" + port)) {
            return false;
        }
        String domain = name.replaceFirst("^\\*?\\.", "");
        return host.endsWith("." + domain)
                || (host.equals(domain) && domain.length() == name.length());
    }

    private static @Nullable Server server(Map<String, String> environment, String name) {
        return value(environment, name).map(url -> Server.parse(name, url)).orElse(null);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Stream.of(name, name.toLowerCase(Locale.ROOT))
                .map(key -> environment.getOrDefault(key, ""))
                .filter(value -> !value.isBlank())
                .findFirst();
    }

    /// A proxy, and who we are to it.
    record Server(String host, int port, Optional<String> user, Optional<Secret> password) {

        private static Server parse(String name, String text) {
            try {
                URI url = new URI(text.contains("://") ? text : "http://" + text);
                if (url.getHost() != null) {
                    int byDefault = "https".equals(url.getScheme()) ? 443 : 80;
                    String[] identity =
                            Optional.ofNullable(url.getRawUserInfo()).orElse("").split(":", 2);
                    return new Server(
                            url.getHost(),
                            url.getPort() < 0 ? byDefault : url.getPort(),
                            Optional.of(decoded(identity[0])).filter(user -> !user.isEmpty()),
                            identity.length == 1
                                    ? Optional.empty()
                                    : Optional.of(Secret.of(decoded(identity[1]))));
                }
            } catch (URISyntaxException _) { // whose message would show a password
                // told below
            }
            throw new IllegalArgumentException(
                    "the environment variable %s must be an URL such as http://proxy:3128"
                            .formatted(name));
        }

        Proxy proxy() {
            return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
        }

        Optional<Authenticator> authenticator() {
            return user.map(name ->
                    new Authenticator() {
                        @Override
                        protected PasswordAuthentication getPasswordAuthentication() {
                            String secret = password.map(Secret::reveal).orElse("");
                            return new PasswordAuthentication(name, secret.toCharArray());
                        }
                    });
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
    }
}
