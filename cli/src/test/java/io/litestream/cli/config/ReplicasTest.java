package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.read;
import static io.litestream.cli.config.ConfigurationTexts.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

class ReplicasTest {

    @ParameterizedTest
    @CsvSource({
        "path: /backup,/backup",
        "path: backup,/here/backup",
        "path: ~/backup,/home/me/backup",
        "url: file:///backup/db,/backup/db",
        "url: 'file://~/x',/~/x",
        "url: /backup,/backup",
        "url: file://./backup,/here/backup",
        "url: file://../backup,/backup",
        "'type: file, path: /backup',/backup",
        "'type: file, url: file:///backup',/backup"
    })
    void findsThePlaceInUrlOrPath(String keys, Path path) throws Exception {
        assertThat(place(keys)).isEqualTo(new ReplicaPlace.Directory(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gs", "abs", "sftp", "webdav", "nats", "oss"})
    void refusesATypeThatIsNotPartOfThisVersion(String type) {
        assertThatThrownBy(() -> replica("type: " + type))
                .hasMessage(
                        "f.yml:5:13: dbs[0].replica.type: %s storage is not part of this version"
                                        .formatted(type)
                                + " yet; use a file or s3 destination");
    }

    @ParameterizedTest
    @CsvSource({"gcs,gs", "fiel,file"})
    void refusesATypeThatThereIsNot(String type, String nearest) {
        assertThatThrownBy(() -> replica("type: " + type))
                .hasMessage(
                        "f.yml:5:13: dbs[0].replica.type: unknown replica type in config: \"%s\";"
                                        .formatted(type)
                                + " did you mean \"%s\"?".formatted(nearest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gs", "abs", "sftp", "webdav", "webdavs", "nats", "oss"})
    void refusesASchemeThatIsNotPartOfThisVersion(String scheme) {
        assertThatThrownBy(() -> place("url: " + scheme + "://bucket/path"))
                .hasMessageStartingWith("f.yml:1:34: dbs[0].replica.url: replica URL " + scheme)
                .hasMessageEndingWith(
                        scheme
                                + " storage is not part of this version yet; use a file or s3"
                                + " destination");
    }

    @Test
    void refusesASchemeThatThereIsNot() {
        assertThatThrownBy(() -> place("url: ftp://host/path"))
                .hasMessage(
                        "f.yml:1:34: dbs[0].replica.url: unsupported replica URL scheme: \"ftp\";"
                                + " did you mean sftp?");
    }

    @Test
    void refusesAPlaceThatIsNotClear() {
        assertThatThrownBy(() -> place("url: file:///a, path: /b"))
                .hasMessage(
                        "f.yml:1:51: dbs[0].replica.path: cannot specify url & path for file"
                                + " replica");
        assertThatThrownBy(() -> place("path: 's3://b'"))
                .hasMessage(
                        "f.yml:1:35: dbs[0].replica.path: replica path cannot be a url, please use"
                                + " the 'url' field instead: s3://b");
        assertThatThrownBy(() -> place("type: file"))
                .hasMessage("f.yml:1:28: dbs[0].replica.path: file replica path required");
    }

    @Test
    void takesAnyNumberOfReplicas() throws Exception {
        Configuration configuration =
                read(
                        """
                        dbs:
                          - path: /db
                            replicas:
                              - path: /a
                              - path: /b
                                name: second
                              - path: /c
                        """);

        assertThat(configuration.databases().getFirst().replicas())
                .extracting(ReplicaConfiguration::name)
                .containsExactly("file", "second", "file-2");
    }

    @Test
    void refusesTwoReplicasOfOneName() {
        assertThatThrownBy(() ->
                        read(
                                """
                                dbs:
                                  - path: /db
                                    replicas:
                                      - {path: /a, name: x}
                                      - {path: /b, name: x}
                                """))
                .hasMessage(
                        "f.yml:5:26: dbs[0].replicas[1].name: another replica of this database has"
                                + " this name (got x)");
    }

    @Test
    void refusesADatabaseWithoutReplica() {
        String message = "f.yml:1:7: dbs[0].replica: must specify replica for database";

        assertThatThrownBy(() -> read("dbs: [{path: /db}]")).hasMessage(message);
        assertThatThrownBy(() -> read("dbs: [{path: /db, replica: }]")).hasMessage(message);
        assertThatThrownBy(() -> read("dbs: [{path: /db, replicas: []}]")).hasMessage(message);
    }

    @Test
    void refusesReplicaBesideReplicas() {
        assertThatThrownBy(() ->
                        read("dbs: [{path: /db, replica: {path: /a}, replicas: [{path: /b}]}]"))
                .hasMessage(
                        "f.yml:1:50: dbs[0].replicas: cannot specify 'replica' and 'replicas' on a"
                                + " database; move all to 'replicas'");
    }

    @Test
    void refusesTwoReplicasInOnePlace() {
        assertThatThrownBy(() ->
                        read(
                                """
                                dbs:
                                  - path: /db1
                                    replica:
                                      path: /r
                                  - path: /db2
                                    replica:
                                      url: file:///x/../r
                                """))
                .hasMessage(
                        "f.yml:7:7: replica /r is given in line 4 already; each must be another"
                                + " one");
    }

    @Test
    void takesTheReplicasOfEachEntryOfADatabase() throws Exception {
        Configuration configuration =
                read(
                        """
                        dbs:
                          - path: /app.db
                            monitor-interval: 1s
                            replica: {url: 's3://primary/app'}
                          - path: /other.db
                            replica: {path: /other}
                          - path: sqlite:///x/../app.db
                            replica: {url: 's3://secondary/app'}
                          - path: /app.db
                            replicas: [{type: file, path: /backup}]
                        """);

        assertThat(configuration.databases()).hasSize(2);
        assertThat(configuration.databases().getFirst().monitorInterval())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(configuration.databases().getFirst().replicas())
                .extracting(ReplicaConfiguration::name)
                .containsExactly("s3", "s3-2", "file");
    }

    @Test
    void refusesSettingsInAFurtherEntryOfADatabase() {
        assertThatThrownBy(() ->
                        read(
                                """
                                dbs:
                                  - {path: /db, replica: {path: /a}}
                                  - {path: /db, replica: {path: /b}, busy-timeout: 5s}
                                """))
                .hasMessage(
                        "f.yml:3:52: dbs[1].busy-timeout: this database is given in line 2"
                                + " already; its settings belong there, and only replicas here");
    }

    @Test
    void refusesADatabaseUnderAnotherName(@TempDir Path dir) throws Exception {
        Path real = Files.createDirectory(dir.resolve("real"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);
        String text =
                "dbs:\n - {path: %s, replica: {path: /a}}\n - {path: %s, replica: {path: /b}}";

        assertThatThrownBy(() -> read(text.formatted(real.resolve("db"), link.resolve("db"))))
                .hasMessage(
                        "f.yml:3:11: database %s is the same place as %s, which is given in line 2"
                                        .formatted(link.resolve("db"), real.resolve("db"))
                                + " already; each must be another one");
    }

    @Test
    void refusesOneMetaPathForTwoDatabases() {
        assertThatThrownBy(() ->
                        read(
                                """
                                dbs:
                                  - {path: /1, meta-path: /m, replica: {path: /a}}
                                  - {path: /2, meta-path: /m, replica: {path: /b}}
                                """))
                .hasMessageStartingWith("f.yml:3:12: meta-path /m is given in line 2 already");
    }

    private static ReplicaPlace place(String keys) throws ConfigurationException {
        return read("dbs: [{path: /db, replica: {%s}}]".formatted(keys))
                .databases()
                .getFirst()
                .replicas()
                .getFirst()
                .place();
    }
}
