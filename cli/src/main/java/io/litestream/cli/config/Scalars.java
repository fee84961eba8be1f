package io.litestream.cli.config;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;

import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.math.BigInteger;
import java.util.Locale;

/// Reads single values as YAML 1.1 has them: `0600` is octal, `yes` is true, `1_000` a thousand.
final class Scalars {

    private Scalars() {}

    /// Returns a value in the type that its kind has: a string, a boolean, a duration, or a long.
    ///
    /// @throws IllegalArgumentException if it is none
    static Object read(Kind kind, ScalarNode node) {
        String text = node.getValue();
        boolean integer = node.getTag().equals(Tag.INT);
        return switch (kind) {
            case TEXT, WORDS, TEXTS -> text;
            case SWITCH -> {
                if (!node.getTag().equals(Tag.BOOL)) {
                    throw new IllegalArgumentException(text);
                }
                yield truth(text);
            }
            case DURATION, SECTION_OR_DURATION ->
                    integer ? java.time.Duration.ofNanos(integer(text)) : GoDuration.parse(text);
            case INTEGER, MODE -> {
                if (!integer) {
                    throw new IllegalArgumentException(text);
                }
                yield integer(text);
            }
            case SIZE -> integer ? (Object) integer(text) : ByteSize.parse(text);
            case RATE -> integer ? (Object) integer(text) : rate(text);
            case SECTION, SECTIONS -> throw new IllegalArgumentException(text);
        };
    }

    /// Reads a value as the table of keys writes it.
    static Object readStandard(Kind kind, String text) {
        return switch (kind) {
            case TEXT, WORDS, TEXTS -> text;
            case SWITCH -> truth(text);
            case DURATION, SECTION_OR_DURATION -> GoDuration.parse(text);
            case INTEGER, MODE -> integer(text);
            case SIZE -> ByteSize.parse(text);
            case RATE -> rate(text);
            case SECTION, SECTIONS -> throw new IllegalArgumentException(text);
        };
    }

    /// A size, and that it is for a second may be said.
    private static long rate(String text) {
        String stripped = text.strip();
        return ByteSize.parse(
                stripped.endsWith("/s") ? stripped.substring(0, stripped.length() - 2) : stripped);
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            default -> false;
        };
    }

    private static long integer(String text) {
        String digits = text.replace("_", "");
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        BigInteger value = unsigned(digits);
        try {
            return (negative ? value.negate() : value).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static BigInteger unsigned(String digits) {
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        }
        if (digits.startsWith("0b")) {
            return new BigInteger(digits.substring(2), 2);
        }
        if (digits.length() > 1 && digits.startsWith("0")) {
            return new BigInteger(digits, 8);
        }
        BigInteger value = BigInteger.ZERO;
        for (String part : digits.split(":", -1)) {
            value = value.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
        }
        return value;
    }
}
