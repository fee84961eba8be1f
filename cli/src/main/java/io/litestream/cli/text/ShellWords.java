package io.litestream.cli.text;

import java.util.ArrayList;
import java.util.List;

/// Splits a command line into words as a POSIX shell does, without being one: quotes and
/// backslashes work, and nothing is expanded.
public final class ShellWords {

    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private ShellWords(String line) {
        this.line = line;
    }

    /// Returns the words, without their quotes.
    ///
    /// @throws IllegalArgumentException if a quote is not closed, or the line ends in a backslash
    public static List<String> split(String line) {
        return new ShellWords(line).split();
    }

    private List<String> split() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            switch (c) {
                case ' ', '\t', '\n', '\r' -> endWord();
                case '\'' -> readSingleQuoted();
                case '"' -> readDoubleQuoted();
                case '\\' -> add(next());
                default -> add(c);
            }
        }
        endWord();
        return List.copyOf(words);
    }

    private void add(char c) {
        word.append(c);
        inWord = true;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private void readSingleQuoted() {
        inWord = true;
        for (char c = next(); c != '\''; c = next()) {
            word.append(c);
        }
    }

    /// Between double quotes a backslash hides a quote, a backslash, a dollar, a backtick and a
    /// line feed, and is itself otherwise.
    private void readDoubleQuoted() {
        inWord = true;
        for (char c = next(); c != '"'; c = next()) {
            if (c == '\\') {
                char hidden = next();
                if ("\"\\$`".indexOf(hidden) < 0) {
                    word.append('\\');
                }
                word.append(hidden);
            } else {
                word.append(c);
            }
        }
    }

    private char next() {
        if (at == line.length()) {
            throw new IllegalArgumentException(
                    "a quote or a backslash has no end in the command: " + line);
        }
        return line.charAt(at++);
    }
}
