package io.litestream.cli.config;

import java.time.Duration;
import java.util.List;

/// A value of the configuration that fits its key.
///
/// @param key the key that it belongs to
/// @param at where the value stands
/// @param content what it is: a string, boolean, duration, long, [Section], or a list of strings or
///   sections
record Value(Key key, Location at, Object content) {

    String text() {
        return (String) content;
    }

    boolean truth() {
        return (Boolean) content;
    }

    Duration duration() {
        return (Duration) content;
    }

    long number() {
        return (Long) content;
    }

    Section section() {
        return (Section) content;
    }

    List<Section> sections() {
        return list(Section.class);
    }

    List<String> texts() {
        return list(String.class);
    }

    boolean isSection() {
        return content instanceof Section;
    }

    boolean isList() {
        return content instanceof List<?>;
    }

    private <T> List<T> list(Class<T> type) {
        return ((List<?>) content).stream().map(type::cast).toList();
    }
}
