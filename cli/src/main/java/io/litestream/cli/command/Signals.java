package io.litestream.cli.command;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;

/// The signals of the operating system.
///
/// Java has no other way to them than `sun.misc.Signal`, which the module `jdk.unsupported` is
/// there to keep. It is used through reflection, since the compiler allows no other use without a
/// warning.
final class Signals {

    private Signals() {}

    /// Runs the handler, on a thread of its own, each time that the signal comes, instead of ending
    /// the process. A signal that this system or this JVM does not let go is left as it is.
    ///
    /// @param name the name without `SIG`
    static void handle(String name, Runnable handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            MethodHandle run =
                    MethodHandles.lookup()
                            .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                            .bindTo(handler);
            Object adapter =
                    MethodHandleProxies.asInterfaceInstance(
                            type, MethodHandles.dropArguments(run, 0, signal));
            signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), adapter);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("cannot handle the signal " + name, e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle the signal " + name, e);
        }
    }
}
