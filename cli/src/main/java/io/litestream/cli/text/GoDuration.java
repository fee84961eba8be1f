package io.litestream.cli.text;

import java.math.BigDecimal;
import java.time.Duration;

/// Durations as Go writes them, such as `1h30m`, `500ms` and `1.5s`; in addition `d` (24 hours) and
/// `w` (7 days).
public final class GoDuration {

    private static final long SECOND = 1_000_000_000L;

    private GoDuration() {}

    /// Reads a duration: an optional sign, then numbers with a unit each, or just `0`.
    ///
    /// @throws IllegalArgumentException if the text is no duration, or is one of over 292 years
    public static Duration parse(String text) {
        String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        do {
            int unit = end(rest, at, true);
            int next = end(rest, unit, false);
            if (unit == at || next == unit) {
                throw invalid(text);
            }
            nanos = nanos.add(part(rest.substring(at, unit), rest.substring(unit, next), text));
            at = next;
        } while (at < rest.length());
        BigDecimal signed = text.startsWith("-") ? nanos.negate() : nanos;
        try {
            return Duration.ofNanos(signed.toBigInteger().longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("duration \"%s\" is too long".formatted(text), e);
        }
    }

    /// Writes a duration as Go does: `1h30m0s`, `1.5s`, `500ms`, `0s`.
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < 1_000) {
            return nanos + "ns";
        }
        if (nanos < 1_000_000) {
            return decimal(nanos, 1_000) + "µs";
        }
        if (nanos < SECOND) {
            return decimal(nanos, 1_000_000) + "ms";
        }
        long minutes = nanos / (60 * SECOND);
        String seconds = decimal(nanos % (60 * SECOND), SECOND) + "s";
        if (minutes == 0) {
            return seconds;
        }
        String rest = minutes % 60 + "m" + seconds;
        return minutes < 60 ? rest : minutes / 60 + "h" + rest;
    }

    private static String decimal(long value, long unit) {
        StringBuilder text = new StringBuilder().append(value / unit);
        long rest = value % unit;
        if (rest > 0) {
            text.append('.');
        }
        for (long digit = unit / 10; rest > 0; rest %= digit, digit /= 10) {
            text.append(rest / digit);
        }
        return text.toString();
    }

    /// Returns where a number, or what is no number, ends that begins at `at`.
    private static int end(String text, int at, boolean number) {
        int end = at;
        while (end < text.length() && isNumeric(text.charAt(end)) == number) {
            end++;
        }
        return end;
    }

    private static boolean isNumeric(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }

    private static BigDecimal part(String number, String unit, String whole) {
        try {
            return new BigDecimal(number).multiply(BigDecimal.valueOf(nanos(unit, whole)));
        } catch (NumberFormatException e) {
            throw invalid(whole);
        }
    }

    private static long nanos(String unit, String whole) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs", "μs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> SECOND;
            case "m" -> 60 * SECOND;
            case "h" -> 3_600 * SECOND;
            case "d" -> 86_400 * SECOND;
            case "w" -> 7 * 86_400 * SECOND;
            default -> throw invalid(whole);
        };
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "\"%s\" is no duration, such as 500ms, 1s, 1m30s, 24h or 7d".formatted(text));
    }
}
