package io.litestream.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All processes that the demo starts. None of them outlives it.
final class Children implements AutoCloseable {

    @GuardedBy("this")
    private final List<Child> started = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    /// Starts this program with these words.
    ///
    /// @param log where what it prints is appended
    synchronized Child start(Path log, List<String> words) throws IOException {
        if (closed) {
            throw new IOException("no process is started any more");
        }
        Child child =
                Child.start("litestream " + words.getFirst(), log, ThisProgram.command(words));
        started.add(child);
        return child;
    }

    /// Kills what still runs, and waits until it is gone. Nothing is started after that.
    @Override
    public synchronized void close() {
        closed = true;
        started.forEach(Child::kill);
    }
}
