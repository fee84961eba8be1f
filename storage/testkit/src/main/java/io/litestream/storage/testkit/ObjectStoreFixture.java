package io.litestream.storage.testkit;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;

import org.junit.jupiter.api.Assumptions;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What the tests of the contract share: the store under test, and how they write to it and read
/// it.
abstract class ObjectStoreFixture {

    /// The time of creation of objects where it does not matter.
    protected static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");

    /// Returns the store under test: the same one during a test, and empty when the test begins.
    protected abstract ObjectStore store() throws Exception;

    /// Returns what the store can do; by default everything.
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    // What subclasses and the tests above write and read with.

    /// Returns a key.
    protected static ObjectKey key(String key) {
        return new ObjectKey(key);
    }

    /// Creates an object of some text.
    protected final void create(String key, String content) throws Exception {
        store().create(key(key), CREATED, bytes(content));
    }

    /// Returns the text of an object.
    protected final String read(String key) throws Exception {
        return read(key, 0, Long.MAX_VALUE);
    }

    /// Returns all keys below a prefix.
    protected final List<String> keys(String prefix) throws Exception {
        return keys(prefix, "", 10_000);
    }

    /// Skips the rest of the test, by name, if the store cannot do something.
    protected final void assume(Capability capability) {
        Assumptions.assumeTrue(
                capabilities().contains(capability), () -> "the store lacks " + capability);
    }

    static ObjectContent bytes(String content) {
        return out -> out.write(content.getBytes(StandardCharsets.UTF_8));
    }

    final void replace(String key, String content) throws Exception {
        store().replace(key(key), CREATED, bytes(content));
    }

    final String read(String key, long offset, long length) throws Exception {
        try (InputStream in = store().open(key(key), offset, length)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    final List<String> keys(String prefix, String after, int limit) throws Exception {
        return store().list(key(prefix), after, limit).stream()
                .map(found -> found.key().value())
                .toList();
    }
}
