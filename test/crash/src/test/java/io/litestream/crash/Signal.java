package io.litestream.crash;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Signals of Linux, sent without the detour of another process, so that they hit in the middle of
/// things.
public enum Signal {
    KILL(9),
    TERM(15),
    CONT(18),
    STOP(19);

    private static final MethodHandle SEND = find();

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    @SuppressWarnings("restricted") // a call into the C library
    private static MethodHandle find() {
        return Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    }

    /// Sends it. If there is no such process any more, nothing happens.
    public void send(long pid) {
        try {
            int _ = (int) SEND.invokeExact((int) pid, number);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call kill", e);
        }
    }
}
