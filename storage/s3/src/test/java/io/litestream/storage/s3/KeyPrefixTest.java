package io.litestream.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.s3.StubServer.Answer;

import org.junit.jupiter.api.Test;

/// What stands before every key, as it is.
final class KeyPrefixTest {

    @Test
    void standsBeforeEveryKeyAndIsLeftOutOfAListing() throws Exception {
        try (StubServer server =
                        StubServer.start(request ->
                                request.is("GET", "list-type")
                                        ? listing("/a/db/0001", "/a/db/0002", "a/db/0003", "//b")
                                        : Stubs.emptyBucket(request));
                S3ObjectStore store = Stubs.open(server).withKeyPrefix("/a/")) {
            store.create(Stubs.KEY, Stubs.CREATED, Stubs.bytes("content"));
            store.delete(Stubs.KEY);

            assertThat(store.list(new ObjectKey("db"), "0001", 10))
                    .extracting(ObjectInfo::key)
                    .as("some servers leave out the slash")
                    .containsExactly(new ObjectKey("db/0002"), new ObjectKey("db/0003"));
            assertThat(server.lines())
                    .contains(
                            "PUT /bucket//a/db/0001",
                            "DELETE /bucket//a/db/0001",
                            "GET /bucket?list-type=2&max-keys=10&prefix=%2Fa%2Fdb%2F&start-after=%2Fa%2Fdb%2F0001");
        }
    }

    private static Answer listing(String... names) {
        StringBuilder contents = new StringBuilder();
        for (String name : names) {
            contents.append(
                    "<Contents><Key>%s</Key><Size>1</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>"
                            .formatted(name));
        }
        return Answer.xml(
                200,
                "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>%s</ListBucketResult>"
                        .formatted(contents));
    }
}
