package io.litestream.storage;

import java.util.Arrays;
import java.util.Comparator;

/// The name of an object in a store: one or more parts, joined by `/`.
///
/// No part is empty, `.` or `..`, and none holds a zero or half of a surrogate pair, so that a key
/// means the same to a bucket and to a directory.
public record ObjectKey(String value) implements Comparable<ObjectKey> {

    /// Orders text as object stores order keys: by its UTF-8 bytes, which is by code point.
    public static final Comparator<String> BYTE_ORDER = ObjectKey::compareBytes;

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
        return BYTE_ORDER.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isPart(String part) {
        return !part.isEmpty()
                && !part.equals(".")
                && !part.equals("..")
                && part.codePoints().noneMatch(ObjectKey::isForbidden);
    }

    /// A surrogate among code points is one without its other half, which UTF-8 cannot say.
    private static boolean isForbidden(int codePoint) {
        return codePoint == 0 || Character.getType(codePoint) == Character.SURROGATE;
    }

    /// Code units order as code points do, but for surrogates, which stand for the highest of
    /// these.
    private static int compareBytes(String one, String other) {
        int common = Math.min(one.length(), other.length());
        for (int i = 0; i < common; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                int bySurrogate =
                        Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
                return bySurrogate != 0 ? bySurrogate : Character.compare(a, b);
            }
        }
        return Integer.compare(one.length(), other.length());
    }
}
