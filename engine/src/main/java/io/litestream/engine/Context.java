package io.litestream.engine;

import io.litestream.time.Clock;

import java.util.function.Consumer;

/// What all databases of an engine share.
///
/// @param uploads bounds how many uploads run at once
/// @param places bounds how many databases are open at once
/// @param merges bounds how many large merges run at once
record Context(
        EngineSettings settings,
        Scheduler scheduler,
        UploadPermits uploads,
        OpenPlaces places,
        MergePermits merges,
        Backoff backoff,
        Clock clock,
        Consumer<EngineEvent> events) {}
