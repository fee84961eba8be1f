package io.litestream.replica.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A process that tries to lock a state directory, says how that went, and holds the lock until it
/// is killed.
final class LockHolder {

    static final String LOCKED = "locked";
    static final String REFUSED = "refused";

    private LockHolder() {}

    static Process start(Path state) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                state.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) throws Exception {
        Optional<StateDirectory.Lock> lock = new StateDirectory(Path.of(arguments[0])).tryLock();
        System.out.println(lock.isPresent() ? LOCKED : REFUSED);
        if (lock.isPresent()) {
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
