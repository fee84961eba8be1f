package io.litestream.storage;

import java.util.Arrays;

/// The name of an object in a store: one or more parts, joined by `/`.
///
/// No part is empty, `.` or `..`, so that a key means the same to a bucket and to a directory.
public record ObjectKey(String value) implements Comparable<ObjectKey> {

    public ObjectKey {
        boolean valid =
                !value.isEmpty() && Arrays.stream(value.split("/", -1)).allMatch(ObjectKey::isPart);
        if (!valid) {
            throw new IllegalArgumentException(
                    "a key is made of parts that are not empty, \".\" or \"..\", but this is \"%s\""
                            .formatted(value));
        }
    }

    /// Returns the key of these parts; each may itself hold several.
    public static ObjectKey of(String first, String... more) {
        return new ObjectKey(more.length == 0 ? first : first + "/" + String.join("/", more));
    }

    /// Returns the key that many parts below this one.
    public ObjectKey resolve(String below) {
        return new ObjectKey(value + "/" + below);
    }

    /// Returns the last part.
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /// Orders as object stores do: by the UTF-8 bytes.
    @Override
    public int compareTo(ObjectKey other) {
        return Arrays.compareUnsigned(
                value.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                other.value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isPart(String part) {
        return !part.isEmpty() && !part.equals(".") && !part.equals("..") && part.indexOf('\0') < 0;
    }
}
