package io.litestream.cli.config;

import java.time.Duration;
import java.util.Optional;

/// What the configuration says at one place.
///
/// @param name the path of the key
record Said(Value value, String name) {

    /// Returns what a section says itself; empty if it does not, or if the key is a section.
    static Optional<Said> in(Section section, String key) {
        return section.own(key)
                .filter(value -> !value.isSection())
                .map(value -> new Said(value, section.path(key)));
    }

    /// Returns what a section within a section says itself.
    static Optional<Said> in(Section section, String inner, String key) {
        return section.own(inner).map(Value::section).flatMap(found -> in(found, key));
    }

    /// Returns what is said of a time that has a newer and an older form; both may be given if they
    /// say the same.
    static Optional<Said> agreed(Optional<Said> newer, Optional<Said> older)
            throws ConfigurationException {
        if (newer.isPresent()
                && older.isPresent()
                && !newer.get().duration().equals(older.get().duration())) {
            throw older.get()
                    .error(newer.get().name + " says something else; remove one of the two");
        }
        return newer.or(() -> older);
    }

    /// Returns what to tell of it.
    ConfigurationException error(String what) {
        return value.at().error(name + ": " + what);
    }

    Duration duration() {
        return value.duration();
    }
}
