package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.database;
import static io.litestream.cli.config.ConfigurationTexts.read;
import static io.litestream.cli.config.ConfigurationTexts.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.engine.JournalMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;

class ConfigurationReaderTest {

    @Test
    void hasTheseDefaults() throws Exception {
        DatabaseConfiguration database = database("");
        ReplicaConfiguration replica = database.replicas().getFirst();

        assertThat(database.path()).isEqualTo(Path.of("/db"));
        assertThat(database.metaPath()).isEqualTo(Path.of("/.db-litestream"));
        assertThat(database.monitorInterval()).isEqualTo(Duration.ofMillis(25));
        assertThat(database.checkpointInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(database.minCheckpointPages()).isEqualTo(1000);
        assertThat(database.truncatePages()).isZero();
        assertThat(database.maxSyncWalBytes()).isEqualTo(67_108_864);
        assertThat(database.whenMissing()).isEqualTo(DatabaseConfiguration.WhenMissing.WAIT);
        assertThat(replica.name()).isEqualTo("file");
        assertThat(replica.place()).isEqualTo(new ReplicaPlace.Directory(Path.of("/r")));
        assertThat(replica.syncInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void hasNoDatabaseInAnEmptyFile() throws Exception {
        Configuration empty = read("# nothing\n");

        assertThat(empty.databases()).isEmpty();
        assertThat(empty.exec()).isEmpty();
        assertThat(empty.logging()).isEqualTo(LoggingConfiguration.STANDARD);
        assertThat(empty.shutdownSyncTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(empty.shutdownSyncInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(read("dbs:\n")).isEqualTo(empty);
    }

    @Test
    void readsShutdownSyncTimeout() throws Exception {
        assertThat(read("shutdown-sync-timeout: 5s").shutdownSyncTimeout())
                .isEqualTo(Duration.ofSeconds(5));
        refuses(
                "shutdown-sync-timeout: -1s",
                "1:24: shutdown-sync-timeout: shutdown-sync-timeout must be >= 0 (got -1s)");
    }

    @Test
    void readsShutdownSyncInterval() throws Exception {
        assertThat(read("shutdown-sync-interval: 1s").shutdownSyncInterval())
                .isEqualTo(Duration.ofSeconds(1));
        refuses(
                "shutdown-sync-interval: 0",
                "1:25: shutdown-sync-interval: shutdown sync interval must be greater than 0 (got"
                        + " 0s)");
    }

    @Test
    void readsExecAsALineOrAsAList() throws Exception {
        assertThat(read("exec: myapp -x 'a b'").exec()).containsExactly("myapp", "-x", "a b");
        assertThat(read("exec: [myapp, -x, a b]").exec()).containsExactly("myapp", "-x", "a b");
        assertThat(read("exec: ''").exec()).isEmpty();
        refuses(
                "exec: myapp 'a",
                "1:7: exec: a quote or a backslash has no end in the command: myapp 'a");
        refuses("exec: {a: b}", "1:7: exec: expected text or a list of text (got a map)");
        refuses("exec: [{a: b}]", "1:8: exec[0]: expected text (got a map)");
    }

    @Test
    void readsLoggingLevelTypeStderrAndSource() throws Exception {
        assertThat(read("logging: {level: WARN, type: json, stderr: true, source: yes}").logging())
                .isEqualTo(
                        new LoggingConfiguration(
                                System.Logger.Level.WARNING,
                                LoggingConfiguration.Format.JSON,
                                LoggingConfiguration.Stream.ERROR,
                                LoggingConfiguration.Source.SHOWN));
        refuses(
                "logging:\n  level: loud",
                "2:10: logging.level: expected trace, debug, info, warn or error (got loud)");
        refuses(
                "logging:\n  type: xml",
                "2:9: logging.type: expected text, json or pretty (got xml)");
        refuses("logging: {stderr: 1}", "1:19: logging.stderr: expected true or false (got 1)");
        refuses("logging: text", "1:10: logging: expected a map of keys (got text)");
    }

    @ParameterizedTest
    @CsvSource({"trace,TRACE", "debug,DEBUG", "info,INFO", "warning,WARNING", "Error,ERROR"})
    void readsEachLevel(String text, System.Logger.Level level) throws Exception {
        assertThat(read("logging: {level: %s}".formatted(text)).logging().level()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "/var/lib/app.db,/var/lib/app.db",
        "app.db,/here/app.db",
        "./x/../app.db,/here/app.db",
        "~/app.db,/home/me/app.db",
        "sqlite:///var/app.db,/var/app.db",
        "sqlite3://app.db,/here/app.db",
        "~me.db,/here/~me.db"
    })
    void resolvesThePathOfADatabase(String written, Path path) throws Exception {
        Configuration configuration =
                read("dbs: [{path: '%s', replica: {path: /r}}]".formatted(written));

        assertThat(configuration.databases().getFirst().path()).isEqualTo(path);
    }

    @Test
    void requiresThePathOfAFile() {
        refuses("dbs:\n  - replica: {path: /r}", "2:5: dbs[0].path: must specify 'path'");
        refuses(
                "dbs: [{path: /, replica: {path: /r}}]",
                "1:14: dbs[0].path: expected the path of a file (got /)");
        refuses("dbs: [{path: [a]}]", "1:14: dbs[0].path: expected text (got a list)");
        refuses("dbs: /db", "1:6: dbs: expected a list of maps of keys (got /db)");
        refuses("dbs: [/db]", "1:7: dbs[0]: expected a map of keys (got /db)");
    }

    @Test
    void readsMetaPath() throws Exception {
        assertThat(database("meta-path: ~/meta").metaPath()).isEqualTo(Path.of("/home/me/meta"));
    }

    @Test
    void readsMonitorInterval() throws Exception {
        assertThat(database("monitor-interval: 2s").monitorInterval())
                .isEqualTo(Duration.ofSeconds(2));
        refusesInDatabase(
                "monitor-interval: 0s",
                "monitor-interval: monitor interval must be greater than 0 (got 0s)");
    }

    @Test
    void readsCheckpointInterval() throws Exception {
        assertThat(database("checkpoint-interval: 0").checkpointInterval()).isZero();
        refusesInDatabase(
                "checkpoint-interval: -1s",
                "checkpoint-interval: checkpoint interval must not be negative (got -1s)");
    }

    @Test
    void readsBusyTimeout() throws Exception {
        assertThat(database("busy-timeout: 3s").busyTimeout()).isEqualTo(Duration.ofSeconds(3));
        refusesInDatabase(
                "busy-timeout: -1s", "busy-timeout: busy timeout must not be negative (got -1s)");
    }

    @Test
    void readsJournalMode() throws Exception {
        assertThat(database("").journalMode()).isEqualTo(JournalMode.AUTO);
        assertThat(database("journal-mode: auto").journalMode()).isEqualTo(JournalMode.AUTO);
        assertThat(database("journal-mode: wal").journalMode()).isEqualTo(JournalMode.WAL);
        assertThat(database("journal-mode: keep").journalMode()).isEqualTo(JournalMode.KEEP);
        refusesInDatabase(
                "journal-mode: delete", "journal-mode: expected auto, wal or keep (got delete)");
    }

    @Test
    void readsMinCheckpointPageCount() throws Exception {
        assertThat(database("min-checkpoint-page-count: 1_0").minCheckpointPages()).isEqualTo(10);
        refusesInDatabase(
                "min-checkpoint-page-count: 0",
                "min-checkpoint-page-count: minimum checkpoint page count required: 1 to 2147483647"
                        + " (got 0)");
        refusesInDatabase(
                "min-checkpoint-page-count: '7'",
                "min-checkpoint-page-count: expected a whole number (got 7)");
        refusesInDatabase(
                "min-checkpoint-page-count: 1.5",
                "min-checkpoint-page-count: expected a whole number (got 1.5)");
    }

    @ParameterizedTest
    @CsvSource({"121359,121359", "0,0", "-1,0"})
    void readsTruncatePageN(String written, long pages) throws Exception {
        assertThat(database("truncate-page-n: " + written).truncatePages()).isEqualTo(pages);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1048576,1048576", "1MiB,1048576", "1MB,1000000"})
    void readsMaxSyncWalBytes(String written, long bytes) throws Exception {
        assertThat(database("max-sync-wal-bytes: " + written).maxSyncWalBytes()).isEqualTo(bytes);
    }

    @Test
    void refusesANegativeMaxSyncWalBytes() {
        refusesInDatabase(
                "max-sync-wal-bytes: -1",
                "max-sync-wal-bytes: max sync wal bytes must not be negative (got -1)");
    }

    @Test
    void readsRestoreIfDbNotExists() throws Exception {
        assertThat(database("restore-if-db-not-exists: true").whenMissing())
                .isEqualTo(DatabaseConfiguration.WhenMissing.RESTORE);
        refusesInDatabase(
                "restore-if-db-not-exists: 'true '",
                "restore-if-db-not-exists: expected true or false (got true )");
    }

    @Test
    void readsSyncIntervalOfAReplicaElseTheOneForAll() throws Exception {
        String both = "sync-interval: 5s\ndbs: [{path: /db, replica: {path: /r%s}}]";

        assertThat(replica("sync-interval: 0").syncInterval()).isZero();
        assertThat(syncInterval(both.formatted(""))).isEqualTo(Duration.ofSeconds(5));
        assertThat(syncInterval(both.formatted(", sync-interval: 2s")))
                .isEqualTo(Duration.ofSeconds(2));
        refuses(
                "sync-interval: -1s",
                "1:16: sync-interval: sync interval must not be negative (got -1s)");
    }

    private static Duration syncInterval(String text) throws ConfigurationException {
        return read(text).databases().getFirst().replicas().getFirst().syncInterval();
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("f.yml:" + message);
    }

    private static void refusesInDatabase(String line, String message) {
        int column = 5 + line.indexOf(' ') + 1;
        assertThatThrownBy(() -> database(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("f.yml:3:%d: dbs[0].%s".formatted(column, message));
    }
}
