package io.litestream.cli.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// Sizes in bytes as people write them: `5MB` is 5,000,000 bytes, `5MiB` is 5,242,880.
public final class ByteSize {

    private static final String UNITS = "kMGTPE";

    private ByteSize() {}

    /// Reads a size: a number, perhaps with a fraction, and perhaps a unit in either case.
    ///
    /// @throws IllegalArgumentException if the text is no size, or one that is no 64-bit number
    public static long parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("empty size string");
        }
        int unit = 0;
        while (unit < trimmed.length() && "0123456789.-".indexOf(trimmed.charAt(unit)) >= 0) {
            unit++;
        }
        try {
            return new BigDecimal(trimmed.substring(0, unit))
                    .multiply(multiplier(trimmed.substring(unit).strip(), text))
                    .toBigInteger()
                    .longValueExact();
        } catch (NumberFormatException e) {
            throw invalid(text);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "size %s exceeds maximum allowed value (%d)".formatted(text, Long.MAX_VALUE),
                    e);
        }
    }

    /// Writes a size in units of 1000, with one decimal below ten: `0 B`, `4.1 kB`, `83 MB`.
    public static String format(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        BigDecimal value = BigDecimal.valueOf(bytes);
        int unit = -1;
        while (value.compareTo(BigDecimal.valueOf(1_000)) >= 0 && unit < UNITS.length() - 1) {
            value = value.movePointLeft(3);
            unit++;
        }
        BigDecimal tenths = value.setScale(1, RoundingMode.HALF_UP);
        BigDecimal shown =
                tenths.compareTo(BigDecimal.TEN) < 0
                        ? tenths
                        : value.setScale(0, RoundingMode.HALF_UP);
        return shown.toPlainString() + " " + UNITS.charAt(unit) + "B";
    }

    private static BigDecimal multiplier(String unit, String whole) {
        String lower = unit.toLowerCase(Locale.ROOT);
        boolean binary = lower.endsWith("ib");
        String prefix = lower.endsWith("b") ? lower.substring(0, lower.length() - 1) : lower;
        if (binary) {
            prefix = prefix.substring(0, prefix.length() - 1);
        }
        if (prefix.isEmpty() && !binary) {
            return BigDecimal.ONE;
        }
        int power = prefix.length() == 1 ? "kmgtpe".indexOf(prefix) + 1 : 0;
        if (power == 0) {
            throw invalid(whole);
        }
        return BigDecimal.valueOf(binary ? 1_024 : 1_000).pow(power);
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "\"%s\" is no size, such as 4096, 5MB or 64MiB".formatted(text));
    }
}
