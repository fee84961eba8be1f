package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.util.Map;

final class ProxySettingsTest {

    @Test
    void choosesTheProxyByTheSchemeOfTheRequest() {
        ProxySettings proxies =
                ProxySettings.of(
                        Map.of("HTTP_PROXY", "http://one:3128", "https_proxy", "two.example.com"));

        assertThat(proxies.forUrl(URI.create("http://s3.example.com")))
                .hasValueSatisfying(proxy -> {
                    assertThat(proxy.host()).isEqualTo("one");
                    assertThat(proxy.port()).isEqualTo(3128);
                });
        assertThat(proxies.forUrl(URI.create("https://s3.example.com")))
                .hasValueSatisfying(proxy -> {
                    assertThat(proxy.host()).isEqualTo("two.example.com");
                    assertThat(proxy.port()).isEqualTo(80);
                });
    }

    @Test
    void goesStraightWithoutAProxy() {
        assertThat(ProxySettings.of(Map.of()).forUrl(URI.create("https://s3.example.com")))
                .isEmpty();
    }

    @Test
    void takesALoginFromTheUrlAndDoesNotShowIt() {
        ProxySettings proxies =
                ProxySettings.of(Map.of("HTTP_PROXY", "http://me:pass%40word@proxy:1"));

        ProxySettings.Server proxy =
                proxies.forUrl(URI.create("http://s3.example.com")).orElseThrow();
        assertThat(proxy.user()).contains("me");
        assertThat(proxy.password().orElseThrow().reveal()).isEqualTo("pass@word");
        assertThat(proxy.authenticator()).isPresent();
        assertThat(proxy.toString()).doesNotContain("pass@word").doesNotContain("pass%40");
    }

    @Test
    void refusesWhatIsNoUrlWithoutShowingIt() {
        assertThatThrownBy(
                        () -> ProxySettings.of(Map.of("HTTPS_PROXY", "http://me:pass word@proxy")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("pass");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    example.com              | http://example.com         | true
                    example.com              | http://s3.example.com      | true
                    example.com              | http://notexample.com      | false
                    .example.com             | http://s3.example.com      | true
                    .example.com             | http://example.com         | false
                    *.example.com            | http://s3.example.com      | true
                    EXAMPLE.com              | http://S3.example.COM      | true
                    a.b, example.com         | http://example.com         | true
                    example.com:9000         | http://example.com:9000    | true
                    example.com:9000         | http://example.com         | false
                    example.com:443          | https://example.com        | true
                    *                        | http://anything.example    | true
                    10.0.0.0/8               | http://10.200.3.4:9000     | true
                    10.0.0.0/8               | http://11.0.0.1            | false
                    10.1.2.3                 | http://10.1.2.3            | true
                    172.16.0.0/12            | http://172.31.0.1          | true
                    172.16.0.0/12            | http://172.32.0.1          | false
                    fd00::/8                 | http://[fd12::1]:9000      | true
                    fd00::/8                 | http://[fe80::1]           | false
                    elsewhere                | http://localhost:9000      | true
                    elsewhere                | http://127.0.0.1:9000      | true
                    elsewhere                | http://[::1]:9000          | true
                    """)
    void leavesOutHosts(String noProxy, URI url, boolean isStraight) {
        ProxySettings proxies =
                ProxySettings.of(
                        Map.of(
                                "HTTP_PROXY", "http://proxy:1",
                                "HTTPS_PROXY", "http://proxy:1",
                                "NO_PROXY", noProxy));

        assertThat(proxies.forUrl(url).isEmpty()).isEqualTo(isStraight);
    }
}
