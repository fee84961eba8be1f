package io.litestream.cli.flag;

import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.NearestName;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The flags of one command.
///
/// They are read as Go's `flag` package does: `-x v`, `-x=v`, with one dash or two; a switch takes
/// a value only behind `=`; reading ends at the first operand, or behind `--`. A value may begin
/// with a dash. Nothing is abbreviated and nothing combined.
public final class FlagSet {

    private final Map<String, Flag> flags = new LinkedHashMap<>();

    public FlagSet(Flag... flags) {
        for (Flag flag : flags) {
            this.flags.put(flag.name(), flag);
        }
    }

    /// Returns the flags in the order of the usage.
    public List<Flag> flags() {
        return List.copyOf(flags.values());
    }

    /// Reads a command line.
    ///
    /// @throws UsageException if help is asked for, or a flag is wrong
    public Arguments parse(List<String> words) throws UsageException {
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.length() < 2 || word.charAt(0) != '-') {
                break;
            }
            at++;
            if (word.equals("--")) {
                break;
            }
            String body = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = body.indexOf('=');
            Flag flag = find(equals < 0 ? body : body.substring(0, equals), word);
            String value;
            if (equals >= 0) {
                value = body.substring(equals + 1);
            } else if (flag.kind() == Flag.Kind.SWITCH) {
                value = "true";
            } else if (at < words.size()) {
                value = words.get(at++);
            } else {
                throw new UsageException.WrongFlag("flag needs an argument: -" + flag.name());
            }
            values.put(flag.name(), checked(flag, value));
        }
        return new Arguments(values, new ArrayList<>(words.subList(at, words.size())));
    }

    private Flag find(String name, String word) throws UsageException {
        if (name.isEmpty() || name.startsWith("-")) {
            throw new UsageException.WrongFlag("bad flag syntax: " + word);
        }
        Flag flag = flags.get(name);
        if (flag != null) {
            return flag;
        }
        if (name.equals("h") || name.equals("help")) {
            throw new UsageException.HelpRequested();
        }
        String message = "flag provided but not defined: -" + name;
        throw new UsageException.WrongFlag(
                flags.isEmpty()
                        ? message
                        : message
                                + " (did you mean -"
                                + NearestName.to(name, flags.keySet())
                                + "?)");
    }

    private static String checked(Flag flag, String value) throws UsageException {
        try {
            return switch (flag.kind()) {
                case TEXT -> value;
                case SWITCH -> truth(value);
                case INTEGER -> Integer.toString(Integer.parseInt(value));
                case DURATION -> {
                    GoDuration.parse(value);
                    yield value;
                }
            };
        } catch (IllegalArgumentException e) {
            String expected =
                    switch (flag.kind()) {
                        case TEXT -> "text";
                        case SWITCH -> "true or false";
                        case INTEGER -> "a whole number";
                        case DURATION -> "a duration such as 1s";
                    };
            throw new UsageException.WrongFlag(
                    "invalid value \"%s\" for flag -%s: expected %s"
                            .formatted(value, flag.name(), expected));
        }
    }

    private static String truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> "true";
            case "0", "f", "F", "false", "FALSE", "False" -> "false";
            default -> throw new IllegalArgumentException(value);
        };
    }
}
