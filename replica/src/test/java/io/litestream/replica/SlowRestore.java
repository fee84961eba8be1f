package io.litestream.replica;

import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// A process that restores from a slow store, and to which a millisecond is a long time.
final class SlowRestore {

    private SlowRestore() {}

    public static void main(String[] args) throws Exception {
        FaultyObjectStore store = new FaultyObjectStore(new FileObjectStore(Path.of(args[0])));
        store.inject(Operation.OPEN, _ -> true, Fault.slow(Duration.ofSeconds(1), Clock.system()));
        new Restore(new Replica("slow", store, KeyLayout.PLAIN), new HastyClock())
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), Path.of(args[1]))
                                .withParallelism(8)
                                .withCheck(IntegrityCheck.NONE));
    }

    /// Runs ten thousand times as fast as it should.
    private static final class HastyClock implements Clock {

        @Override
        public Instant instant() {
            return Instant.now();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime() * 10_000;
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    }
}
