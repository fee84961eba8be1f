package io.litestream.cli.flag;

/// One flag that a command knows.
///
/// @param name the name, without a dash
/// @param kind what it takes
/// @param placeholder the word for its value in the usage; empty for a switch
/// @param meaning what it does, in lines of the usage
public record Flag(String name, Kind kind, String placeholder, String meaning) {

    /// What a flag takes.
    public enum Kind {
        /// Nothing, or `=true` or `=false`.
        SWITCH,
        /// Any word.
        TEXT,
        /// A whole number.
        INTEGER,
        /// A duration such as `1s`.
        DURATION
    }

    public Flag {
        if (name.isEmpty() || name.startsWith("-")) {
            throw new IllegalArgumentException("flag name \"" + name + "\"");
        }
    }

    /// A flag that is on or off.
    public static Flag toggle(String name, String meaning) {
        return new Flag(name, Kind.SWITCH, "", meaning);
    }

    /// A flag with a word.
    public static Flag text(String name, String placeholder, String meaning) {
        return new Flag(name, Kind.TEXT, placeholder, meaning);
    }

    /// A flag with a whole number.
    public static Flag integer(String name, String placeholder, String meaning) {
        return new Flag(name, Kind.INTEGER, placeholder, meaning);
    }

    /// A flag with a duration.
    public static Flag duration(String name, String placeholder, String meaning) {
        return new Flag(name, Kind.DURATION, placeholder, meaning);
    }
}
