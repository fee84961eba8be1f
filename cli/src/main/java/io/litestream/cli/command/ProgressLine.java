package io.litestream.cli.command;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;
import io.litestream.replica.RestoreProgress;
import io.litestream.time.Clock;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

/// One line at the bottom of a terminal that tells how a restore comes along: bytes, rate, time
/// left. It goes when it is closed.
final class ProgressLine implements RestoreProgress, AutoCloseable {

    private static final Duration REFRESH = Duration.ofMillis(200);

    /// Goes to the start of the line, and deletes it.
    private static final String CLEAR = "\r\033[K";

    private final Optional<PrintStream> terminal;
    private final Clock clock;
    private final long start;
    private long lastShown;
    private boolean visible;

    ProgressLine(Optional<PrintStream> terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
        this.start = clock.nanoTime();
        this.lastShown = start;
    }

    /// Returns a line that shows itself if somebody sits at the terminal, and waits for text.
    static ProgressLine of(Shell shell, boolean json) {
        boolean shown = !json && shell.terminal().isAttended();
        return new ProgressLine(shown ? Optional.of(shell.err()) : Optional.empty(), shell.clock());
    }

    @Override
    public void read(long readBytes, long totalBytes) {
        long now = clock.nanoTime();
        if (terminal.isPresent() && now - lastShown >= REFRESH.toNanos()) {
            lastShown = now;
            visible = true;
            terminal.get().print(CLEAR + describe(readBytes, totalBytes, now - start));
            terminal.get().flush();
        }
    }

    /// Removes the line. Again, it does nothing.
    @Override
    public void close() {
        if (visible) {
            terminal.orElseThrow().print(CLEAR);
            terminal.orElseThrow().flush();
            visible = false;
        }
    }

    static String describe(long readBytes, long totalBytes, long nanos) {
        double rate = readBytes * 1e9 / Math.max(1, nanos);
        String left =
                rate < 1
                        ? ""
                        : ", %s left"
                                .formatted(
                                        GoDuration.format(
                                                Duration.ofSeconds(
                                                        Math.round(
                                                                (totalBytes - readBytes) / rate))));
        return "restoring: %s of %s (%d %%), %s/s%s"
                .formatted(
                        ByteSize.format(readBytes),
                        ByteSize.format(totalBytes),
                        totalBytes == 0 ? 100 : readBytes * 100 / totalBytes,
                        ByteSize.format((long) rate),
                        left);
    }
}
