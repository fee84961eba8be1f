package io.litestream.cli.config;

import java.util.Objects;

/// How the program logs.
public record LoggingConfiguration(
        System.Logger.Level level, Format format, Stream stream, Source source) {

    /// What it logs with until it knows better: text from INFO on, on the standard output.
    public static final LoggingConfiguration STANDARD =
            new LoggingConfiguration(
                    System.Logger.Level.INFO, Format.TEXT, Stream.OUTPUT, Source.HIDDEN);

    /// The form of a line.
    public enum Format {
        /// `key=value` pairs.
        TEXT,
        /// One JSON object.
        JSON,
        /// For people at a terminal.
        PRETTY
    }

    /// Where lines go.
    public enum Stream {
        /// The standard output.
        OUTPUT,
        /// The standard error output.
        ERROR
    }

    /// Whether a line says where in the code it comes from.
    public enum Source {
        /// It does not.
        HIDDEN,
        /// It does, in the attribute `source`.
        SHOWN
    }

    public LoggingConfiguration {
        Objects.requireNonNull(level);
        Objects.requireNonNull(format);
        Objects.requireNonNull(stream);
        Objects.requireNonNull(source);
    }

    /// Returns these settings with another level.
    public LoggingConfiguration with(System.Logger.Level other) {
        return new LoggingConfiguration(other, format, stream, source);
    }

    /// Returns these settings with another stream.
    public LoggingConfiguration with(Stream other) {
        return new LoggingConfiguration(level, format, other, source);
    }

    /// Reads a level: trace, debug, info, warn (or warning), error, in either case.
    ///
    /// @throws IllegalArgumentException if it is none of these
    public static System.Logger.Level level(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "trace" -> System.Logger.Level.TRACE;
            case "debug" -> System.Logger.Level.DEBUG;
            case "info" -> System.Logger.Level.INFO;
            case "warn", "warning" -> System.Logger.Level.WARNING;
            case "error" -> System.Logger.Level.ERROR;
            default ->
                    throw new IllegalArgumentException(
                            "log level must be trace, debug, info, warn or error (got %s)"
                                    .formatted(text));
        };
    }
}
