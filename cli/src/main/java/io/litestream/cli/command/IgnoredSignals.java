package io.litestream.cli.command;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// The signals that this process was started to ignore. A JVM leaves them so, whoever asks for
/// them.
final class IgnoredSignals {

    private static final int INTERRUPT = 2; // signal(7)

    private static final Path STATUS = Path.of("/proc/self/status"); // proc_pid_status(5)
    private static final String MASK = "SigIgn:";
    private static final int HEX = 16;

    private IgnoredSignals() {}

    /// Has the process heed SIGINT, if it does not. Where the system does not tell, nothing is
    /// done.
    static void heedInterrupt() {
        if (isIgnored(INTERRUPT)) {
            heed(INTERRUPT);
        }
    }

    static boolean isIgnored(int signal) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(MASK))
                    .map(line -> line.substring(MASK.length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, HEX) >> (signal - 1) & 1) == 1);
        } catch (IOException e) {
            return false;
        }
    }

    /// Gives the signal its default back: `signal(number, SIG_DFL)`, see signal(2).
    @SuppressWarnings("restricted") // native access is granted to the program
    private static void heed(int signal) {
        Linker linker = Linker.nativeLinker();
        MethodHandle function =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("signal"),
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try {
            MemorySegment _ = (MemorySegment) function.invokeExact(signal, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot heed the signal " + signal, e);
        }
    }
}
