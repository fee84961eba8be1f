package io.litestream.storage;

import java.util.Objects;

/// A text that must not be seen: a password or a key. Whatever prints it prints asterisks.
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /// Returns the secret of this text.
    public static Secret of(String value) {
        return new Secret(Objects.requireNonNull(value));
    }

    /// Returns the text, for whoever must send or use it.
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
