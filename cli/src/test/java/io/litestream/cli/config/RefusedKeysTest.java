package io.litestream.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// The keys whose function is not part of this version.
class RefusedKeysTest {

    private static final String NOT_YET =
            ": is not part of this version yet; remove the key to go on without it";

    /// Settings of kinds of storage, and of which.
    private static final List<String> STORAGE_LINES =
            """
            abs|account-name: n
            abs|account-key: k
            abs|sas-token: t
            sftp|host: h
            sftp|user: u
            sftp and nats|password: p
            sftp|key-path: /k
            sftp|concurrent-writes: true
            sftp|host-key: k
            webdav|webdav-url: https://example.com
            webdav|webdav-username: u
            webdav|webdav-password: p
            nats|jwt: j
            nats|seed: s
            nats|creds: /c
            nats|nkey: n
            nats|username: u
            nats|token: t
            nats|tls: true
            nats|root-cas: [/ca]
            nats|client-cert: /c
            nats|client-key: /k
            nats|max-reconnects: -1
            nats|reconnect-wait: 2s
            nats|timeout: 10s
            """
                    .lines()
                    .toList();

    @ParameterizedTest
    @CsvSource({
        "addr,localhost:9090",
        "heartbeat-url,https://example.com",
        "heartbeat-interval,5m",
        "mcp-addr,localhost:3001"
    })
    void refusesAKeyAtTopLevel(String key, String value) {
        assertThatThrownBy(() -> ConfigurationTexts.read(key + ": " + value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("f.yml:1:1: " + key + NOT_YET);
    }

    @ParameterizedTest
    @CsvSource({"socket,enabled,true", "socket,path,/run/x.sock", "socket,permissions,0600"})
    void refusesAKeyOfASection(String section, String key, String value) {
        assertThatThrownBy(() ->
                        ConfigurationTexts.read("%s:\n  %s: %s".formatted(section, key, value)))
                .hasMessage("f.yml:2:3: %s.%s".formatted(section, key) + NOT_YET);
    }

    @ParameterizedTest
    @CsvSource({
        "dir,/data",
        "pattern,'''*.db'''",
        "recursive,true",
        "watch,true",
        "meta-dir,/meta"
    })
    void refusesAKeyOfADatabase(String key, String value) {
        assertThatThrownBy(() -> ConfigurationTexts.database(key + ": " + value))
                .hasMessage("f.yml:3:5: dbs[0]." + key + NOT_YET);
    }

    @Test
    void refusesAKeyOfAReplicaThereAndAtTopLevel() {
        assertThatThrownBy(() -> ConfigurationTexts.replica("max-sync-ltx-files: 10"))
                .hasMessage("f.yml:5:7: dbs[0].replica.max-sync-ltx-files" + NOT_YET);
        assertThatThrownBy(() -> ConfigurationTexts.read("max-sync-ltx-files: 10"))
                .hasMessage("f.yml:1:1: max-sync-ltx-files" + NOT_YET);
    }

    @ParameterizedTest
    @FieldSource("STORAGE_LINES")
    void saysForWhichStorageAKeyIs(String storageAndLine) {
        String storage = storageAndLine.substring(0, storageAndLine.indexOf('|'));
        String line = storageAndLine.substring(storageAndLine.indexOf('|') + 1);
        String message =
                line.substring(0, line.indexOf(':'))
                        + ": is for %s storage, which is not part of this version yet;"
                                .formatted(storage)
                        + " remove the key to go on without it";

        assertThatThrownBy(() -> ConfigurationTexts.replica(line))
                .hasMessage("f.yml:5:7: dbs[0].replica." + message);
        assertThatThrownBy(() -> ConfigurationTexts.read(line)).hasMessage("f.yml:1:1: " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "sftp,'host: h, key-path: /k, type: sftp'",
        "abs,'account-name: n, type: abs'",
        "nats,'username: u, url: nats://h/b'",
        "webdavs,'webdav-username: u, url: webdavs://h/b'",
        "oss,'access-key-secret: k, type: oss'"
    })
    void saysThatAStorageIsMissingBeforeItLooksAtItsKeys(String storage, String keys) {
        assertThatThrownBy(() ->
                        ConfigurationTexts.read(
                                "dbs: [{path: /db, replica: {%s}}]".formatted(keys)))
                .hasMessageStartingWith("f.yml:1:")
                .hasMessageContaining(": dbs[0].replica.")
                .hasMessageEndingWith(
                        storage
                                + " storage is not part of this version yet; use a file or s3"
                                + " destination");
    }

    @ParameterizedTest
    @CsvSource({"identities", "recipients"})
    void refusesEncryption(String key) {
        assertThatThrownBy(() -> ConfigurationTexts.replica("age:\n  " + key + ": [a]"))
                .hasMessage("f.yml:6:9: dbs[0].replica.age." + key + NOT_YET);
    }

    @Test
    void warnsOfWhatLitestreamDoesNotHeedEither() throws Exception {
        String text =
                """
                dbs:
                  - path: /db
                    max-checkpoint-page-count: 10000
                    replicas:
                      - path: /r
                        compaction: [{duration: 30s, interval: 30s}]
                """;

        assertThat(ConfigurationTexts.read(text).warnings())
                .containsExactly(
                        "f.yml:3:5: dbs[0].max-checkpoint-page-count: has no effect; set"
                                + " truncate-page-n if readers keep the WAL from being truncated",
                        "f.yml:6:9: dbs[0].replicas[0].compaction: has no effect; levels says when"
                                + " files are merged");
        assertThat(ConfigurationTexts.read("dbs: []").warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "addr: ''",
                "addr:",
                "socket: {enabled: false}",
                "socket: {enabled: no, path: /run/x.sock, permissions: 0600}",
                "validation: {interval: 0}",
                "heartbeat-url: \"\"",
                "mcp-addr: ''",
                "auto-recover: true",
                "auto-recover: false",
                "max-sync-ltx-files: 0",
                "max-sync-ltx-files: 256",
                "tls: false",
                "root-cas: []",
                "age: {identities: [], recipients: []}",
                "access-key-id: ''"
            })
    void acceptsAValueThatAsksForNothing(String line) {
        assertThatCode(() -> ConfigurationTexts.read(line)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "recursive: false",
                "watch: no",
                "dir: ''",
                "pattern: ''",
                "meta-dir: ''",
                "journal-mode: wal",
                "snapshot: {}"
            })
    void acceptsAValueOfADatabaseThatAsksForNothing(String line) {
        assertThatCode(() -> ConfigurationTexts.database(line)).doesNotThrowAnyException();
    }

    @Test
    void checksTheTypeOfAKeyBeforeItIsRefused() {
        assertThatThrownBy(() -> ConfigurationTexts.read("reconnect-wait: soon"))
                .hasMessage(
                        "f.yml:1:17: reconnect-wait: expected a duration such as 500ms, 1s or 24h"
                                + " (got soon)");
        assertThatThrownBy(() -> ConfigurationTexts.read("heartbeat-interval: 30s"))
                .hasMessage(
                        "f.yml:1:21: heartbeat-interval: heartbeat interval must be at least 1"
                                + " minute (got 30s)");
    }

    @Test
    void knowsTheStandardValueOfEachKeyThatHasOne() {
        assertThat(Keys.GLOBAL.keys())
                .filteredOn(key -> !key.standard().isEmpty())
                .allSatisfy(key ->
                        assertThatCode(() -> Scalars.readStandard(key.kind(), key.standard()))
                                .as(key.name())
                                .doesNotThrowAnyException());
    }
}
