package io.litestream.cli.text;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;

/// Writes JSON. A value is a string, a number, a boolean, a collection, or a map with string keys,
/// whose order is kept.
public final class Json {

    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();
    private final boolean lines;

    private Json(boolean lines) {
        this.lines = lines;
    }

    /// Returns the value in one line.
    public static String line(Object value) {
        return new Json(false).write(value, 0).text.toString();
    }

    /// Returns the value over several lines, indented, without a line feed at the end.
    public static String pretty(Object value) {
        return new Json(true).write(value, 0).text.toString();
    }

    private Json write(Object value, int depth) {
        switch (value) {
            case String string -> quote(string);
            case Number number -> text.append(number);
            case Boolean flag -> text.append(flag);
            case Map<?, ?> map -> writeMap(map, depth);
            case Collection<?> items -> writeItems(items, depth);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
        return this;
    }

    private void writeMap(Map<?, ?> map, int depth) {
        text.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            breakLine(depth + 1);
            quote((String) entry.getKey());
            text.append(lines ? ": " : ":");
            write(entry.getValue(), depth + 1);
            text.append(entries.hasNext() ? "," : "");
        }
        if (!map.isEmpty()) {
            breakLine(depth);
        }
        text.append('}');
    }

    private void writeItems(Collection<?> items, int depth) {
        text.append('[');
        Iterator<?> iterator = items.iterator();
        while (iterator.hasNext()) {
            breakLine(depth + 1);
            write(iterator.next(), depth + 1);
            text.append(iterator.hasNext() ? "," : "");
        }
        if (!items.isEmpty()) {
            breakLine(depth);
        }
        text.append(']');
    }

    private void breakLine(int depth) {
        if (lines) {
            text.append('\n').repeat(INDENT, depth);
        }
    }

    private void quote(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c == '\u2028' || c == '\u2029' || c == 0x7f) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
