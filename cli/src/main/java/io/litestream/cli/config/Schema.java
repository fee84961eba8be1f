package io.litestream.cli.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The keys that a map in the configuration can have.
final class Schema {

    /// No keys, for what is no map.
    static final Schema NONE = new Schema(List.of());

    private final Map<String, Key> keys = new LinkedHashMap<>();

    Schema(Key... keys) {
        this(List.of(keys));
    }

    Schema(List<Key> keys) {
        for (Key key : keys) {
            if (this.keys.put(key.name(), key) != null) {
                throw new IllegalArgumentException("key " + key.name() + " is there twice");
            }
        }
    }

    Optional<Key> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /// Returns a key that the program itself asks for.
    ///
    /// @throws IllegalArgumentException if there is none
    Key key(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no key " + name));
    }

    Set<String> names() {
        return keys.keySet();
    }

    Collection<Key> keys() {
        return keys.values();
    }
}
