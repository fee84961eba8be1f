package io.litestream.replica;

import io.litestream.replica.state.RestoredState;
import io.litestream.replica.state.StateDirectory;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a restore leaves beside the database for whoever replicates it next, so that replication
/// goes on from the restored state. It is a help, not a need: without it the restore is as good.
final class LeftState {

    private static final System.Logger LOGGER = System.getLogger(LeftState.class.getName());

    private final Path output;
    private final Path place;
    private final RestoreAttempt attempt;
    private final TemporaryFile file;

    /// @param place where the state belongs
    LeftState(Path output, Path place, RestoreAttempt attempt, TemporaryFile file) {
        this.output = output;
        this.place = place;
        this.attempt = attempt;
        this.file = file;
    }

    /// Gives the database its name, and then the state its own. A state directory that exists is
    /// left alone.
    void swap(OutputPlace database) throws RestoreException {
        Optional<RestoredState> state = prepare();
        try {
            database.swap();
            if (state.isPresent()) {
                state.get().commit(attempt.head());
            }
        } catch (RestoreException e) {
            throw e;
        } catch (FileAlreadyExistsException e) {
            LOGGER.log(Level.DEBUG, "{0} came to be meanwhile, and is left alone", e.getFile());
        } catch (IOException e) {
            warn(e);
        } finally {
            state.ifPresent(this::close);
        }
    }

    private Optional<RestoredState> prepare() {
        StateDirectory directory = new StateDirectory(place);
        if (Files.exists(directory.path())) {
            return Optional.empty();
        }
        RestoredState state;
        try {
            state =
                    RestoredState.begin(
                            directory,
                            attempt.newest().pageSize(),
                            attempt.newest().pageCount(),
                            attempt.plan().txid());
        } catch (IOException e) {
            warn(e);
            return Optional.empty();
        }
        try {
            fill(state);
            return Optional.of(state);
        } catch (IOException e) {
            warn(e);
            close(state);
            return Optional.empty();
        }
    }

    private void fill(RestoredState state) throws IOException {
        attempt.hashes()
                .forEach(
                        file.channel(),
                        attempt.newest().pageSize(),
                        attempt.newest().pageCount(),
                        state::put);
        if (!state.checksum().equals(attempt.checksum())) {
            throw new IOException(
                    "the checksum of %s is %s, but that of what was written is %s"
                            .formatted(file.path(), state.checksum(), attempt.checksum()));
        }
    }

    private void close(RestoredState state) {
        try {
            state.close();
        } catch (IOException e) {
            warn(e);
        }
    }

    private void warn(IOException e) {
        LOGGER.log(
                Level.WARNING,
                "cannot leave the position beside "
                        + output
                        + "; replication will begin with an upload of every page",
                e);
    }
}
