package io.litestream.cli.flag;

import io.litestream.cli.text.GoDuration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A command line that was read: the flags that were given, and the operands.
///
/// @param values the last value of each flag, by name; valid for the flag's kind
/// @param operands what follows the flags
public record Arguments(Map<String, String> values, List<String> operands) {

    public Arguments {
        values = Map.copyOf(values);
        operands = List.copyOf(operands);
    }

    /// Tells whether a flag was given at all.
    public boolean has(Flag flag) {
        return values.containsKey(flag.name());
    }

    /// Tells whether a switch is on.
    public boolean isOn(Flag flag) {
        String value = values.get(flag.name());
        return value != null && value.equals("true");
    }

    /// Returns a flag's word, or nothing if it was not given or is empty.
    public Optional<String> text(Flag flag) {
        return Optional.ofNullable(values.get(flag.name())).filter(value -> !value.isEmpty());
    }

    /// Returns a flag's number, or `otherwise` if it was not given.
    public int integer(Flag flag, int otherwise) {
        String value = values.get(flag.name());
        return value == null ? otherwise : Integer.parseInt(value);
    }

    /// Returns a flag's duration, or `otherwise` if it was not given.
    public Duration duration(Flag flag, Duration otherwise) {
        String value = values.get(flag.name());
        return value == null ? otherwise : GoDuration.parse(value);
    }
}
