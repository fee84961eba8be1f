package io.litestream.cli.config;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A map in the configuration whose keys and values were checked against a schema.
///
/// What it does not have comes from the section of defaults, if it has one, and else is the key's
/// standard value.
final class Section {

    private final Schema schema;
    private final Location at;
    private final String path;
    private final Map<String, Value> values;
    private final Optional<Section> defaults;

    Section(Schema schema, Location at, String path, Map<String, Value> values) {
        this(schema, at, path, new LinkedHashMap<>(values), Optional.empty());
    }

    private Section(
            Schema schema,
            Location at,
            String path,
            Map<String, Value> values,
            Optional<Section> defaults) {
        this.schema = schema;
        this.at = at;
        this.path = path;
        this.values = values;
        this.defaults = defaults;
    }

    /// Returns this section with another that knows what it does not say.
    Section withDefaults(Section others) {
        return new Section(schema, at, path, values, Optional.of(others));
    }

    Location at() {
        return at;
    }

    /// Returns the name of a key in this section, such as `dbs[0].path`.
    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /// Returns the value that was given here or in the defaults.
    Optional<Value> find(String key) {
        schema.key(key);
        return given(key);
    }

    /// Returns the value that was given here.
    Optional<Value> own(String key) {
        schema.key(key);
        return Optional.ofNullable(values.get(key));
    }

    /// Returns all values that were given here.
    Collection<Value> own() {
        return Collections.unmodifiableCollection(values.values());
    }

    private Optional<Value> given(String key) {
        Value value = values.get(key);
        return value != null ? Optional.of(value) : defaults.flatMap(section -> section.given(key));
    }

    /// Returns a text, or nothing if there is none or it is empty.
    Optional<String> text(String key) {
        return find(key).map(Value::text).filter(text -> !text.isEmpty());
    }

    boolean truth(String key) {
        return find(key).map(Value::truth).orElseGet(() -> (Boolean) standard(key));
    }

    Duration duration(String key) {
        return find(key).map(Value::duration).orElseGet(() -> (Duration) standard(key));
    }

    long number(String key) {
        return find(key).map(Value::number).orElseGet(() -> (Long) standard(key));
    }

    private Object standard(String key) {
        Key known = schema.key(key);
        return Scalars.readStandard(known.kind(), known.standard());
    }
}
