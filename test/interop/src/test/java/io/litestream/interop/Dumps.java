package io.litestream.interop;

import static org.assertj.core.api.Assertions.fail;

/// Compares dumps, which may be long, and shows where they differ.
final class Dumps {

    private static final int SHOWN = 200;

    private Dumps() {}

    static void assertEqual(String found, String expected) {
        if (found.equals(expected)) {
            return;
        }
        int at = 0;
        while (at < Math.min(found.length(), expected.length())
                && found.charAt(at) == expected.charAt(at)) {
            at++;
        }
        fail(
                "dumps of %d and %d characters differ at %d:%nfound:    %s%nexpected: %s",
                found.length(), expected.length(), at, from(found, at), from(expected, at));
    }

    private static String from(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + SHOWN));
    }
}
