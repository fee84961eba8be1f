package io.litestream.cli.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Tells the user what happens, in numbered steps.
final class Narration {

    private static final String INDENT = "   ";
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private final PrintStream out;
    private int steps;

    Narration(PrintStream out) {
        this.out = out;
    }

    /// Begins the next step.
    void step(String title) {
        steps++;
        out.println();
        out.println(steps + ". " + title);
    }

    /// Shows the command that a person would type.
    void command(List<String> words) {
        out.println(
                INDENT
                        + "$ "
                        + words.stream().map(Narration::quoted).collect(Collectors.joining(" ")));
    }

    /// Says something within a step.
    void say(String text) {
        out.println(INDENT + text);
    }

    /// Says something about all of it; each text is a paragraph.
    void paragraph(String text) {
        out.println();
        out.println(text);
    }

    /// Writes a number for people.
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /// Writes a word as a shell takes it.
    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
