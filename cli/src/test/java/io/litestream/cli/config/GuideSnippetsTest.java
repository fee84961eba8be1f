package io.litestream.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The keys of Litestream's documentation in the nesting in which it prints them, old spellings
/// included: what this version can do is accepted, and of all else it is said what it is.
class GuideSnippetsTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("KEY", "k", "SECRET", "s", "BUCKET", "bucket", "ACCOUNT", "abc");

    /// Lines below `replica:`.
    private static final List<String> REPLICAS =
            List.of(
                    "{url: 's3://bucket/db'}",
                    "{url: 's3://bucket.example.com/db', sync-interval: 1s, region: us-east-1}",
                    "{type: s3, bucket: bucket.example.com, path: db}",
                    "{url: 's3://b/p', access-key-id: '${KEY}', secret-access-key: '${SECRET}'}",
                    "{url: 's3://arn:aws:s3:us-east-2:123456789012:accesspoint/point/path'}",
                    "{url: 's3://arn:aws:s3:us-east-2:123456789012:accesspoint/point/path',"
                            + " region: us-east-2}",
                    "{url: 's3://b/p?sign-payload=true&require-content-md5=false'}",
                    "{url: 's3://b?endpoint=fly.storage.tigris.dev&region=auto'}",
                    "{url: 's3://${BUCKET}?endpoint=fly.storage.tigris.dev&region=auto'}",
                    "{type: s3, bucket: b, path: p, endpoint: fly.storage.tigris.dev, region: auto,"
                            + " sign-payload: true, require-content-md5: false}",
                    "{type: s3, bucket: b, path: p, endpoint: 'https://minio.example.com:9000',"
                            + " region: us-east-1, access-key-id: a, secret-access-key: b}",
                    "{url: 's3://b/p', endpoint: 'https://minio.example.com:9000', region: r}",
                    "{type: s3, bucket: b, endpoint: 'https://minio.local:9000', skip-verify:"
                            + " true}",
                    "{url: 's3://b/p?endpoint=s3.us-west-1.wasabisys.com'}",
                    "{type: s3, bucket: b, endpoint: s3.us-west-004.backblazeb2.com,"
                            + " region: us-west-004, force-path-style: true, part-size: 10MB}",
                    "{type: s3, bucket: b, endpoint: '${ACCOUNT}.r2.cloudflarestorage.com',"
                            + " region: auto}",
                    "{url: 's3://space.nyc3.digitaloceanspaces.com/db'}",
                    "{type: s3, bucket: b, endpoint: nyc3.digitaloceanspaces.com, region: nyc3}",
                    "{url: 's3://bucket.us-east-1.linodeobjects.com/db'}",
                    "{type: s3, bucket: b, endpoint: us-east-1.linodeobjects.com, region: r}",
                    "{type: s3, bucket: b, endpoint: ns.compat.objectstorage.r.oraclecloud.com}",
                    "{type: s3, bucket: b, endpoint: ewr1.vultrobjects.com, region: ewr1}",
                    "{type: s3, bucket: b, endpoint: s3.fr-par.scw.cloud, region: fr-par}",
                    "{url: 's3://bucket.s3.fr-par.scw.cloud/db'}",
                    "{url: 's3://b/p?endpoint=abcdef.supabase.co/storage/v1/s3'}",
                    "{type: s3, bucket: b, endpoint: abcdef.supabase.co/storage/v1/s3,"
                            + " force-path-style: true, sign-payload: true}",
                    "{type: s3, bucket: b, endpoint: s3.filebase.com, region: us-east-1}",
                    "{type: s3, bucket: b, part-size: 5242880, concurrency: 2}",
                    "{type: s3, bucket: b, part-size: 5MB}",
                    "{type: s3, bucket: b, part-size: 5M}",
                    "{type: s3, bucket: b, part-size: 5120K}",
                    "{type: s3, bucket: b, part-size: 1G, concurrency: 10}",
                    "{type: s3, bucket: b, part-size: 7.5MB}",
                    "{path: /backup/db}",
                    "{type: file, path: /backup/db}",
                    "{url: 'file:///tmp/replicas/$PID/db'}",
                    "{path: /backup/db, auto-recover: true}",
                    "{path: /backup/db, retention: 4h}",
                    "{path: /backup/db, retention: 72h, retention-check-interval: 1h,"
                            + " snapshot-interval: 12h, validation-interval: 6h}");

    /// Lines at top level.
    private static final List<String> GLOBALS =
            List.of(
                    "access-key-id: a\nsecret-access-key: b",
                    "region: us-west-2\nendpoint: custom.endpoint.com\nbucket: default\n"
                            + "force-path-style: false\nskip-verify: false",
                    "sync-interval: 1m\nvalidation-interval: 6h\nretention: 168h",
                    "retention: 168h\nretention-check-interval: 1h\nsnapshot-interval: 24h",
                    "retention:\n  enabled: false",
                    "snapshot:\n  interval: 30m\n  retention: 1h",
                    "snapshot:\n  interval: 24h\n  retention: 72h",
                    "levels:\n  - interval: 5m\n  - interval: 1h\n  - interval: 24h",
                    "snapshot:\n  interval: 24h\n  retention: 168h\nlevels:\n  - interval: 1h\n"
                            + "    retention: 24h\n  - interval: 24h\n    retention: 168h",
                    "l0-retention: 10m\nl0-retention-check-interval: 30s",
                    "validation:\n  interval: 5m",
                    "verify-compaction: true",
                    "shutdown-sync-timeout: 10s\nshutdown-sync-interval: 500ms",
                    "exec: myapp -myflag myarg",
                    "exec: \"myapp -config /etc/myapp.conf\"",
                    "logging:\n  level: debug\n  type: text\n  stderr: true",
                    "logging:\n  level: info\n  type: json\n  stderr: false");

    /// Lines of an entry of `dbs`.
    private static final List<String> DATABASES =
            List.of(
                    "meta-path: /var/lib/meta\nmonitor-interval: 500ms\ncheckpoint-interval: 30s\n"
                            + "busy-timeout: 5s\nmin-checkpoint-page-count: 500\n"
                            + "truncate-page-n: 50000",
                    "checkpoint-interval: 0\ntruncate-page-n: 0",
                    "truncate-page-n: 121359",
                    "max-sync-wal-bytes: 67108864",
                    "restore-if-db-not-exists: true",
                    "snapshot:\n  interval: 1h\n  retention: 24h");

    private static final List<String> KINDS = List.of("replica: %s", "replicas: [%s]");

    static final List<String> ACCEPTED =
            Stream.of(
                            REPLICAS.stream()
                                    .flatMap(replica ->
                                            KINDS.stream().map(kind -> kind.formatted(replica)))
                                    .map(line -> "dbs:\n  - path: /db\n    " + line),
                            GLOBALS.stream().map(lines -> lines + "\n" + database("")),
                            DATABASES.stream().map(GuideSnippetsTest::database),
                            Stream.of(
                                    "dbs: [{path: 'sqlite3:///db', replica: {path: /r}}]",
                                    "dbs: [{path: /db, replicas: [{name: a, url: 's3://a/db'},"
                                            + " {name: b, path: /r}]}]",
                                    "dbs: [{path: /db, replica: {url: 's3://a/db'}},"
                                            + " {path: /db, replica: {type: file, path: /r}}]"))
                    .flatMap(each -> each)
                    .toList();

    @TempDir private Path dir;

    private static String database(String keys) {
        return "dbs:\n  - path: /db\n" + keys.indent(4) + "    replica: {path: /r}\n";
    }

    @ParameterizedTest
    @FieldSource("ACCEPTED")
    void acceptsWhatIsPrinted(String text) throws Exception {
        Path file = Files.writeString(dir.resolve("litestream.yml"), text);

        assertThat(
                        new ConfigurationFile(ENVIRONMENT, ConfigurationTexts.PATHS)
                                .load(Optional.of(file.toString()), ConfigurationFile.Expansion.ON)
                                .databases())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abs|url: 'abs://account@account.blob.core.windows.net/container/db'",
                "abs|url: 'abs://account/container/db', account-name: n, account-key: k",
                "abs|type: abs, account-name: n, account-key: k, bucket: b, endpoint: 'https://x'",
                "gs|url: 'gs://bucket/db'",
                "gs|type: gs, bucket: b, path: p",
                "nats|url: 'nats://host:4222/b', username: u, password: p",
                "nats|type: nats, url: 'nats://host:4222/b', root-cas: [/ca], client-cert: /c",
                "nats|type: nats, bucket: b, tls: true, max-reconnects: -1, reconnect-wait: 2s",
                "oss|url: 'oss://b.oss-cn-hangzhou.aliyuncs.com/p', secret-access-key: s",
                "oss|type: oss, bucket: b, region: r, part-size: 10485760, concurrency: 5",
                "sftp|url: 'sftp://user:secret@host:22/path'",
                "sftp|type: sftp, host: 'h:22', user: u, password: p, key-path: /k, path: /p",
                "webdavs|url: 'webdavs://user:secret@host/path'",
                "webdav|type: webdav, webdav-url: 'https://h', webdav-username: u, path: /p"
            })
    void namesTheStorageThatIsMissing(String storage, String keys) {
        assertThatThrownBy(() ->
                        ConfigurationTexts.read(
                                "dbs: [{path: /db, replica: {%s}}]".formatted(keys)))
                .hasMessageEndingWith(
                        storage
                                + " storage is not part of this version yet; use a file or s3"
                                + " destination")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "addr: ':9090'",
                "mcp-addr: ':3001'",
                "heartbeat-url: https://example.com",
                "account-name: n",
                "host: 'h:22'",
                "root-cas: [/ca]"
            })
    void namesTheKeyThatDoesNothingYet(String line) {
        assertThatThrownBy(() -> ConfigurationTexts.read(line))
                .hasMessageStartingWith("f.yml:1:1: " + line.substring(0, line.indexOf(':')))
                .hasMessageContaining("not part of this version yet; remove the key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dir: /tenants, pattern: '*.db', recursive: true|dir",
                "path: /db, replica: {bucket: b}|replica.bucket",
                "path: /db, replica: {sync-interval: 1s}|replica.path",
                "path: /db|replica"
            })
    void namesTheKeyOfADatabaseThatCannotBe(String keys, String key) {
        assertThatThrownBy(() -> ConfigurationTexts.read("dbs: [{%s}]".formatted(keys)))
                .hasMessageContaining(": dbs[0].%s: ".formatted(key));
    }
}
