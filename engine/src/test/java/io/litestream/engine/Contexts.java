package io.litestream.engine;

import io.litestream.time.Clock;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/// What parts of an engine share, for tests of one part.
final class Contexts {

    private Contexts() {}

    static Context of(Scheduler scheduler, Clock clock, Consumer<EngineEvent> events) {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(1));
        return new Context(
                EngineSettings.DEFAULT,
                scheduler,
                new UploadPermits(1, scheduler),
                new OpenPlaces(1, scheduler),
                new MergePermits(),
                backoff,
                clock,
                events);
    }
}
