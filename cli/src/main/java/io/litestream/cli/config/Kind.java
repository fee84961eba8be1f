package io.litestream.cli.config;

/// What the value of a key is.
enum Kind {
    TEXT("text"),
    SWITCH("true or false"),
    DURATION("a duration such as 500ms, 1s or 24h"),
    INTEGER("a whole number"),
    SIZE("a size such as 4096, 5MB or 64MiB"),
    RATE("bytes in a second such as 500KB/s or 10MiB/s"),
    MODE("an octal mode such as 0600"),
    /// Text, or a list of it.
    WORDS("text or a list of text"),
    TEXTS("a list of text"),
    SECTION("a map of keys"),
    /// What is one setting of Litestream 0.3, and a map since.
    SECTION_OR_DURATION("a map of keys, or a duration such as 24h"),
    SECTIONS("a list of maps of keys");

    private final String expected;

    Kind(String expected) {
        this.expected = expected;
    }

    /// Returns the words for a message that says what was expected.
    String expected() {
        return expected;
    }
}
