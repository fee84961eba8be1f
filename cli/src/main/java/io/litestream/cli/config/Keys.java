package io.litestream.cli.config;

import static io.litestream.cli.config.Key.notYet;
import static io.litestream.cli.config.Key.obsolete;
import static io.litestream.cli.config.Key.section;
import static io.litestream.cli.config.Key.works;
import static io.litestream.cli.config.Kind.DURATION;
import static io.litestream.cli.config.Kind.INTEGER;
import static io.litestream.cli.config.Kind.MODE;
import static io.litestream.cli.config.Kind.RATE;
import static io.litestream.cli.config.Kind.SECTION;
import static io.litestream.cli.config.Kind.SECTIONS;
import static io.litestream.cli.config.Kind.SECTION_OR_DURATION;
import static io.litestream.cli.config.Kind.SIZE;
import static io.litestream.cli.config.Kind.SWITCH;
import static io.litestream.cli.config.Kind.TEXT;
import static io.litestream.cli.config.Kind.TEXTS;
import static io.litestream.cli.config.Kind.WORDS;

import io.litestream.replica.retention.Tiers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every key of the configuration: its type, its default, its bounds, and whether it does something
/// in this version. A function that comes to be turns its `notYet` into `works` here.
final class Keys {

    private static final String NEGATIVE_RETENTION = "retention must not be negative";

    private static final String BANDWIDTH = "bandwidth must be at least 1 B/s";

    static final Schema SNAPSHOT =
            new Schema(
                    works("interval", DURATION, "24h")
                            .from(1, "snapshot interval must be greater than 0"),
                    works("refresh-after", DURATION, "")
                            .from(1, "snapshot refresh-after must be greater than 0"),
                    works("retention", DURATION, "24h")
                            .from(1, "snapshot retention must be greater than 0"));

    static final Schema RETENTION = new Schema(works("enabled", SWITCH, "true"));

    private static final Schema KEEP =
            new Schema(count("hourly"), count("daily"), count("weekly"), count("monthly"));

    private static final Schema SOCKET =
            new Schema(
                    notYet("enabled", SWITCH, "false").same("false"),
                    notYet("path", TEXT, "/var/run/litestream.sock"),
                    notYet("permissions", MODE, "0600"));

    private static final Schema LEVEL =
            new Schema(
                    works("interval", DURATION, "")
                            .from(1, "compaction interval must be greater than 0"),
                    works("retention", DURATION, "").from(0, NEGATIVE_RETENTION));

    private static final Schema AGE =
            new Schema(
                    notYet("identities", TEXTS, "").same(""),
                    notYet("recipients", TEXTS, "").same(""));

    private static final Schema LOGGING =
            new Schema(
                    works("level", TEXT, "info"),
                    works("type", TEXT, "text"),
                    works("stderr", SWITCH, "false"),
                    works("source", SWITCH, "false"));

    /// The settings of an S3 destination. Its bucket is where it is, and so belongs to them.
    private static final List<Key> S3 =
            List.of(
                    works("access-key-id", TEXT, ""),
                    works("secret-access-key", TEXT, ""),
                    works("region", TEXT, ""),
                    works("bucket", TEXT, ""),
                    works("endpoint", TEXT, ""),
                    works("force-path-style", SWITCH, ""),
                    works("sign-payload", SWITCH, ""),
                    works("require-content-md5", SWITCH, ""),
                    works("skip-verify", SWITCH, "false"),
                    works("storage-class", TEXT, ""),
                    works("part-size", SIZE, "5MiB"),
                    works("concurrency", INTEGER, ""),
                    works("sse-customer-algorithm", TEXT, "AES256"),
                    works("sse-customer-key", TEXT, ""),
                    works("sse-customer-key-path", TEXT, ""),
                    works("sse-kms-key-id", TEXT, ""));

    /// What only S3 destinations have.
    static final Set<String> ONLY_S3 =
            S3.stream().map(Key::name).collect(Collectors.toUnmodifiableSet());

    /// The settings of a replica that have a default for all replicas at top level.
    private static final List<Key> FOR_REPLICAS =
            List.of(
                    works("sync-interval", DURATION, "1s")
                            .from(0, "sync interval must not be negative"),
                    notYet("max-sync-ltx-files", INTEGER, "0")
                            .same("0", "256") // no bound, and the original's own
                            .from(0, "max sync ltx files must not be negative"),
                    notYet("auto-recover", SWITCH, "false").same("false", "true"),
                    works("validation-interval", DURATION, "")
                            .from(0, "validation interval must not be negative"),
                    works("snapshot-interval", DURATION, "")
                            .from(1, "snapshot interval must be greater than 0"),
                    works("retention-check-interval", DURATION, "")
                            .from(1, "retention check interval must be greater than 0"),
                    section("age", SECTION, AGE),
                    notYet("account-name", TEXT, "").same("").ofStorage("abs"),
                    notYet("account-key", TEXT, "").same("").ofStorage("abs"),
                    notYet("sas-token", TEXT, "").same("").ofStorage("abs"),
                    notYet("host", TEXT, "").same("").ofStorage("sftp"),
                    notYet("user", TEXT, "").same("").ofStorage("sftp"),
                    notYet("password", TEXT, "").same("").ofStorage("sftp", "nats"),
                    notYet("key-path", TEXT, "").same("").ofStorage("sftp"),
                    notYet("concurrent-writes", SWITCH, "true").ofStorage("sftp"),
                    notYet("host-key", TEXT, "").same("").ofStorage("sftp"),
                    notYet("webdav-url", TEXT, "").same("").ofStorage("webdav"),
                    notYet("webdav-username", TEXT, "").same("").ofStorage("webdav"),
                    notYet("webdav-password", TEXT, "").same("").ofStorage("webdav"),
                    notYet("jwt", TEXT, "").same("").ofStorage("nats"),
                    notYet("seed", TEXT, "").same("").ofStorage("nats"),
                    notYet("creds", TEXT, "").same("").ofStorage("nats"),
                    notYet("nkey", TEXT, "").same("").ofStorage("nats"),
                    notYet("username", TEXT, "").same("").ofStorage("nats"),
                    notYet("token", TEXT, "").same("").ofStorage("nats"),
                    notYet("tls", SWITCH, "false").same("false").ofStorage("nats"),
                    notYet("root-cas", TEXTS, "").same("").ofStorage("nats"),
                    notYet("client-cert", TEXT, "").same("").ofStorage("nats"),
                    notYet("client-key", TEXT, "").same("").ofStorage("nats"),
                    notYet("max-reconnects", INTEGER, "-1").ofStorage("nats"),
                    notYet("reconnect-wait", DURATION, "2s").ofStorage("nats"),
                    notYet("timeout", DURATION, "10s").ofStorage("nats"));

    /// The keys of `replica` and of each entry of `replicas`.
    static final Schema REPLICA =
            schema(
                    both(FOR_REPLICAS, S3),
                    works("bandwidth", RATE, "").from(1, BANDWIDTH),
                    works("type", TEXT, ""),
                    works("name", TEXT, ""),
                    works("path", TEXT, ""),
                    works("url", TEXT, ""),
                    works("retention", DURATION, "").from(0, NEGATIVE_RETENTION),
                    section("keep", SECTION, KEEP),
                    obsolete("compaction", "levels says when files are merged"));

    /// The keys of each entry of `dbs`.
    static final Schema DATABASE =
            new Schema(
                    works("path", TEXT, ""),
                    notYet("dir", TEXT, "").same(""),
                    notYet("pattern", TEXT, "").same(""),
                    notYet("recursive", SWITCH, "false").same("false"),
                    notYet("watch", SWITCH, "false").same("false"),
                    works("meta-path", TEXT, ""),
                    notYet("meta-dir", TEXT, "").same(""),
                    section("levels", SECTIONS, LEVEL),
                    works("verify-compaction", SWITCH, "false"),
                    section("snapshot", SECTION, SNAPSHOT),
                    section("keep", SECTION, KEEP),
                    works("monitor-interval", DURATION, "25ms")
                            .from(1, "monitor interval must be greater than 0"),
                    works("checkpoint-interval", DURATION, "1m")
                            .from(0, "checkpoint interval must not be negative"),
                    works("busy-timeout", DURATION, "1s")
                            .from(0, "busy timeout must not be negative"),
                    works("min-checkpoint-page-count", INTEGER, "1000")
                            .between(
                                    1,
                                    Integer.MAX_VALUE,
                                    "minimum checkpoint page count required: 1 to 2147483647"),
                    works("truncate-page-n", INTEGER, "0"),
                    works("max-sync-wal-bytes", SIZE, "64MiB")
                            .from(0, "max sync wal bytes must not be negative"),
                    works("restore-if-db-not-exists", SWITCH, "false"),
                    works("journal-mode", TEXT, "auto"),
                    obsolete(
                            "max-checkpoint-page-count",
                            "set truncate-page-n if readers keep the WAL from being truncated"),
                    section("replica", SECTION, REPLICA),
                    section("replicas", SECTIONS, REPLICA));

    /// The keys at top level.
    static final Schema GLOBAL =
            schema(
                    both(FOR_REPLICAS, S3),
                    works("bandwidth", RATE, "").from(1, BANDWIDTH),
                    section("dbs", SECTIONS, DATABASE),
                    works("exec", WORDS, ""),
                    section("logging", SECTION, LOGGING),
                    works("shutdown-sync-timeout", DURATION, "30s")
                            .from(0, "shutdown-sync-timeout must be >= 0"),
                    works("shutdown-sync-interval", DURATION, "500ms")
                            .from(1, "shutdown sync interval must be greater than 0"),
                    notYet("addr", TEXT, "").same(""),
                    section("socket", SECTION, SOCKET),
                    section("levels", SECTIONS, LEVEL),
                    section("snapshot", SECTION, SNAPSHOT),
                    section(
                            "validation",
                            SECTION,
                            new Schema(
                                    works("interval", DURATION, "0")
                                            .from(0, "validation interval must not be negative"))),
                    works("l0-retention", DURATION, "5m")
                            .from(0, "l0 retention must not be negative"),
                    works("l0-retention-check-interval", DURATION, "15s")
                            .from(1, "l0 retention check interval must be greater than 0"),
                    works("verify-compaction", SWITCH, "false"),
                    section("retention", SECTION_OR_DURATION, RETENTION)
                            .from(0, NEGATIVE_RETENTION),
                    notYet("heartbeat-url", TEXT, "").same(""),
                    notYet("heartbeat-interval", DURATION, "5m")
                            .from(60_000_000_000L, "heartbeat interval must be at least 1 minute"),
                    notYet("mcp-addr", TEXT, "").same(""));

    private Keys() {}

    private static List<Key> both(List<Key> some, List<Key> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static Key count(String name) {
        return works(name, INTEGER, "0")
                .between(0, Tiers.MOST, name + " points to keep are 0 to " + Tiers.MOST);
    }

    private static Schema schema(List<Key> some, Key... more) {
        List<Key> all = new ArrayList<>(Arrays.asList(more));
        all.addAll(some);
        return new Schema(all);
    }
}
