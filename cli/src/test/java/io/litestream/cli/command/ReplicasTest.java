package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationFile;
import io.litestream.cli.config.ReplicaPlace;
import io.litestream.cli.config.S3Access;
import io.litestream.cli.config.UserPaths;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Which destinations share a client, and so its connections.
final class ReplicasTest {

    private static final String COMMON =
            "type: s3, bucket: b, region: r, endpoint: 'http://h', access-key-id: i,"
                    + " secret-access-key: s";

    @TempDir Path dir;

    private final Replicas replicas = new Replicas(Map.of(), Clock.system());

    @Test
    void sharesAClientBetweenPathsOfABucket() throws Exception {
        assertThat(replicas.sharedBucket(access(COMMON + ", path: one")))
                .isSameAs(replicas.sharedBucket(access(COMMON + ", path: other")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bucket: other",
                "region: other",
                "endpoint: 'http://other'",
                "access-key-id: other",
                "secret-access-key: other",
                "part-size: 6MB",
                "concurrency: 3",
                "skip-verify: true",
                "force-path-style: true",
                "sign-payload: false",
                "storage-class: STANDARD_IA",
                "sse-kms-key-id: k"
            })
    void sharesNothingWhereASettingDiffers(String setting) throws Exception {
        String key = setting.substring(0, setting.indexOf(':'));
        String other = COMMON.replaceAll(", " + key + ": [^,]*", "") + ", " + setting;

        assertThat(replicas.sharedBucket(access(other + ", path: one")))
                .isNotSameAs(replicas.sharedBucket(access(COMMON + ", path: one")));
    }

    private S3Access access(String keys) throws Exception {
        Path file = dir.resolve("litestream.yml");
        Files.writeString(
                file,
                """
                dbs:
                  - path: a.db
                    replica: {%s}
                """
                        .formatted(keys));
        Configuration configuration =
                new ConfigurationFile(Map.of(), new UserPaths(dir, dir))
                        .load(Optional.of(file.toString()), ConfigurationFile.Expansion.ON);
        ReplicaPlace place = configuration.databases().getFirst().replicas().getFirst().place();
        return switch (place) {
            case ReplicaPlace.S3 s3 -> s3.access();
            case ReplicaPlace.Directory _ -> throw new AssertionError(place);
        };
    }
}
