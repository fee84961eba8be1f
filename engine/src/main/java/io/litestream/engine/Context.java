package io.litestream.engine;

import io.litestream.time.Clock;

import java.util.function.Consumer;

/// What all databases of an engine share.
///
/// @param uploads bounds how many uploads run at once
/// @param places bounds how many databases are open at once
record Context(
        EngineSettings settings,
        Scheduler scheduler,
        UploadPermits uploads,
        OpenPlaces places,
        Backoff backoff,
        Clock clock,
        Consumer<EngineEvent> events) {}
