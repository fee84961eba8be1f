package io.litestream.replica.legacy;

import java.util.regex.Pattern;

/// The name of one unbroken run of a replication by Litestream 0.3: 16 lower-case hexadecimal
/// digits, chosen at random. It begins with a snapshot.
public record Generation(String name) implements Comparable<Generation> {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

    /// @throws IllegalArgumentException if that is no name of a generation
    public Generation {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a generation is 16 lower-case hexadecimal digits, but this is \"%s\""
                            .formatted(name));
        }
    }

    @Override
    public int compareTo(Generation other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
