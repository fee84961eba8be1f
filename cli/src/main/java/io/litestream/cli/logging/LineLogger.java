package io.litestream.cli.logging;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ResourceBundle;

/// A logger that writes to the current [LogOutput]. [LogLine] says how attributes are passed.
///
/// A failure becomes the attribute `error`; if it is a defect of the program and not an expected
/// failure, its stack trace becomes the attribute `stack`.
final class LineLogger implements System.Logger {

    private final String name;

    LineLogger(String name) {
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    /// What the JDK and the libraries tell of their inner work is not for users, nor for files that
    /// others read: they log the headers of requests, which hold keys.
    @Override
    public boolean isLoggable(Level level) {
        boolean wanted =
                name.startsWith("io.litestream.")
                        || level.getSeverity() >= Level.INFO.getSeverity();
        return wanted && LogOutput.current().accepts(level);
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String message,
            @Nullable Throwable failure) {
        if (!isLoggable(level)) {
            return;
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (failure != null) {
            attributes.put("error", failure.toString());
            if (failure instanceof RuntimeException || failure instanceof Error) {
                attributes.put("stack", stack(failure));
            }
        }
        LogOutput.current().write(level, String.valueOf(message), attributes);
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        if (!isLoggable(level)) {
            return;
        }
        String text = String.valueOf(format);
        if (parameters == null || parameters.length == 0) {
            LogOutput.current().write(level, text, Map.of());
        } else if (text.indexOf('{') >= 0) {
            LogOutput.current().write(level, MessageFormat.format(text, parameters), Map.of());
        } else {
            Object[] present = new Object[parameters.length];
            for (int i = 0; i < parameters.length; i++) {
                Object parameter = parameters[i];
                present[i] = parameter == null ? "null" : parameter;
            }
            LogOutput.current().write(level, text, LogLine.attributes(present));
        }
    }

    private static String stack(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
