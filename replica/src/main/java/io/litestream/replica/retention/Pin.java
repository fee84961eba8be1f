package io.litestream.replica.retention;

import io.litestream.ltx.Txid;

import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;

/// A point with a name, which is kept until it is unpinned.
///
/// @param created when it was pinned
public record Pin(String name, Txid txid, Instant created) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public Pin {
        Objects.requireNonNull(txid);
        Objects.requireNonNull(created);
        requireName(name);
    }

    /// Returns a text that can be the name of a pin.
    ///
    /// @throws IllegalArgumentException if it cannot be one
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a pin is 1 to 100 letters, digits, '.', '_' and '-', and begins"
                            + " with a letter or digit, but this is \"%s\"".formatted(name));
        }
        return name;
    }
}
