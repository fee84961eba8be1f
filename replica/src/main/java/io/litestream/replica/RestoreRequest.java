package io.litestream.replica;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// What is to be restored, where, and how.
///
/// @param output the path that the database gets
/// @param parallelism how many large reads from the store there may be at once; small files, which
///   take little but the wait for them, are read several times as many at once
/// @param existing what to do with a database that is there already
/// @param state where the replication of the database keeps its state; beside the database if that
///   is not said
public record RestoreRequest(
        RestoreTarget target,
        Path output,
        int parallelism,
        IntegrityCheck check,
        ExistingOutput existing,
        Optional<Path> state,
        RestoreProgress progress) {

    /// How many reads there are at once unless something else is asked for.
    public static final int DEFAULT_PARALLELISM = 8;

    private static final int MAX_PARALLELISM = 256;

    public RestoreRequest {
        Objects.requireNonNull(target);
        output = output.toAbsolutePath().normalize();
        if (output.getFileName() == null) {
            throw new IllegalArgumentException("a database cannot be restored to " + output);
        }
        if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
            throw new IllegalArgumentException(
                    "parallelism must be from 1 to %d, but is %d"
                            .formatted(MAX_PARALLELISM, parallelism));
        }
        Objects.requireNonNull(check);
        Objects.requireNonNull(existing);
        Objects.requireNonNull(state);
        Objects.requireNonNull(progress);
    }

    /// Asks for a state at a path, with a quick check, and without replacing anything.
    public static RestoreRequest of(RestoreTarget target, Path output) {
        return new RestoreRequest(
                target,
                output,
                DEFAULT_PARALLELISM,
                IntegrityCheck.QUICK,
                ExistingOutput.KEEP,
                Optional.empty(),
                RestoreProgress.NONE);
    }

    /// Returns this request with another parallelism.
    public RestoreRequest withParallelism(int reads) {
        return new RestoreRequest(target, output, reads, check, existing, state, progress);
    }

    /// Returns this request with another check.
    public RestoreRequest withCheck(IntegrityCheck other) {
        return new RestoreRequest(target, output, parallelism, other, existing, state, progress);
    }

    /// Returns this request with another rule for a database that exists.
    public RestoreRequest withExisting(ExistingOutput other) {
        return new RestoreRequest(target, output, parallelism, check, other, state, progress);
    }

    /// Returns this request for a database whose replication keeps its state there.
    public RestoreRequest withState(Path directory) {
        return new RestoreRequest(
                target, output, parallelism, check, existing, Optional.of(directory), progress);
    }

    /// Returns this request, with someone to be told of its progress.
    public RestoreRequest withProgress(RestoreProgress listener) {
        return new RestoreRequest(target, output, parallelism, check, existing, state, listener);
    }
}
