package io.litestream.cli.config;

import java.util.Map;

/// Replaces `$NAME` and `${NAME}` in a text by environment variables, as the original does: a
/// variable that is not set is empty, `$PID` is the process, and nothing stands for a literal `$`
/// but a `$` before what is no name.
final class EnvironmentExpansion {

    private static final String SPECIAL = "*#$@!?-0123456789";

    private final String text;
    private final Map<String, String> environment;
    private final StringBuilder result = new StringBuilder();
    private int at;

    private EnvironmentExpansion(String text, Map<String, String> environment) {
        this.text = text;
        this.environment = environment;
    }

    static String expand(String text, Map<String, String> environment) {
        return new EnvironmentExpansion(text, environment).expand();
    }

    private String expand() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '$' || at == text.length()) {
                result.append(c);
            } else if (text.charAt(at) == '{') {
                expandBraces();
            } else {
                expandName();
            }
        }
        return result.toString();
    }

    /// Leaves out `${}` and a `${` that is never closed.
    private void expandBraces() {
        int end = text.indexOf('}', at);
        if (end < 0) {
            at++;
        } else {
            result.append(value(text.substring(at + 1, end)));
            at = end + 1;
        }
    }

    private void expandName() {
        int end = at;
        if (SPECIAL.indexOf(text.charAt(at)) >= 0) {
            end++;
        } else {
            while (end < text.length() && isNamePart(text.charAt(end))) {
                end++;
            }
        }
        result.append(end == at ? "$" : value(text.substring(at, end)));
        at = end;
    }

    private String value(String name) {
        return name.equals("PID")
                ? Long.toString(ProcessHandle.current().pid())
                : environment.getOrDefault(name, "");
    }

    private static boolean isNamePart(char c) {
        return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
    }
}
