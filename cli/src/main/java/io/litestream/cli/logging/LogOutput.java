package io.litestream.cli.logging;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.time.Clock;

import java.io.PrintStream;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Where log lines go, and which of them. There is one for the whole process; until [#use] it is
/// text on the standard output, from INFO on.
public final class LogOutput {

    /// The classes between a call of a logger and this one.
    private static final Set<String> LOGGERS =
            Set.of(
                    LogOutput.class.getName(),
                    LineLogger.class.getName(),
                    System.Logger.class.getName());

    private static volatile LogOutput current =
            new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system());

    private final LoggingConfiguration settings;
    private final PrintStream stream;
    private final Clock clock;
    private final LineFormat format;

    /// Makes an output that writes to this stream, whatever the settings say of streams.
    public LogOutput(LoggingConfiguration settings, PrintStream stream, Clock clock) {
        this.settings = Objects.requireNonNull(settings);
        this.stream = Objects.requireNonNull(stream);
        this.clock = Objects.requireNonNull(clock);
        this.format = new LineFormat(settings.format(), ZoneId.systemDefault());
    }

    /// Sends what is logged from now on, by any thread, to this output.
    public static void use(LogOutput output) {
        current = Objects.requireNonNull(output);
    }

    static LogOutput current() {
        return current;
    }

    boolean accepts(System.Logger.Level level) {
        return level != System.Logger.Level.OFF
                && level.getSeverity() >= settings.level().getSeverity();
    }

    /// Writes one line. Lines of several threads do not mix.
    void write(System.Logger.Level level, String message, Map<String, Object> attributes) {
        Map<String, Object> all = new LinkedHashMap<>();
        switch (settings.source()) {
            case HIDDEN -> {}
            case SHOWN -> all.put("source", caller());
        }
        all.putAll(attributes);
        stream.println(format.write(new LogLine(clock.instant(), level, message, all)));
        stream.flush();
    }

    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.filter(frame -> !isLogging(frame.getClassName()))
                                .findFirst()
                                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                                .orElse("unknown"));
    }

    private static boolean isLogging(String className) {
        return LOGGERS.contains(className) || className.startsWith("jdk.internal.logger.");
    }
}
