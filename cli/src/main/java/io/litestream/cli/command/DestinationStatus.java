package io.litestream.cli.command;

import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.Survey;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.retention.Pin;
import io.litestream.replica.retention.Pins;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What was seen of one destination, by listing it and reading a few hundred bytes.
///
/// @param replica its name
/// @param failure why it could not be looked at; none if it was
/// @param durable its newest transaction, and when that was captured
/// @param lag how far it is behind what is known here; none if nothing is known here
/// @param verified the last verification that came out well
/// @param pins by name; none if they may not be listed
record DestinationStatus(
        String replica,
        Optional<String> failure,
        Optional<Survey.Point> durable,
        Optional<LocalLine.Lag> lag,
        Survey survey,
        Optional<VerificationRecord> verified,
        Optional<List<Pin>> pins) {

    /// What can be said of a destination.
    enum State {
        OK("ok"),
        EMPTY("empty"),
        NOT_RESTORABLE("not restorable"),
        UNREACHABLE("unreachable");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// Looks at a destination.
    ///
    /// @param line what is captured here; none for a URL
    static DestinationStatus of(
            ReplicaConfiguration configured,
            Replicas opening,
            Optional<LocalLine> line,
            Instant now) {
        try {
            Replica replica = opening.open(configured);
            Inventory inventory = replica.inventory();
            Optional<Survey.Point> durable = newest(replica, inventory);
            return new DestinationStatus(
                    configured.name(),
                    Optional.empty(),
                    durable,
                    line.flatMap(local -> local.lag(durable.map(Survey.Point::txid), now)),
                    Survey.of(inventory, now),
                    VerificationRecord.read(replica),
                    pins(replica));
        } catch (IOException e) {
            return new DestinationStatus(
                    configured.name(),
                    Optional.of(Program.describe(e)),
                    Optional.empty(),
                    Optional.empty(),
                    Survey.of(Inventory.empty(), now),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /// Returns the pins of a replica; empty if the credentials do not allow to list them.
    static Optional<List<Pin>> pins(Replica replica) throws IOException {
        try {
            return Optional.of(new Pins(replica).list());
        } catch (StorageException.Rejected e) {
            return Optional.empty();
        }
    }

    /// The time that counts is in the header.
    private static Optional<Survey.Point> newest(Replica replica, Inventory inventory)
            throws IOException {
        Optional<ReplicaFile> last =
                inventory.files().stream()
                        .max(
                                Comparator.comparing((ReplicaFile file) -> file.range().last())
                                        .thenComparing(
                                                ReplicaFile::level, Comparator.reverseOrder()));
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Txid txid = last.get().range().last();
        return Optional.of(new Survey.Point(txid, replica.header(last.get()).timestamp()));
    }

    State state() {
        if (failure.isPresent()) {
            return State.UNREACHABLE;
        }
        if (durable.isEmpty()) {
            return State.EMPTY;
        }
        boolean restorable =
                survey.newest()
                        .filter(point -> point.txid().equals(durable.get().txid()))
                        .isPresent();
        return restorable ? State.OK : State.NOT_RESTORABLE;
    }

    long files() {
        return survey.levels().stream().mapToLong(Survey.LevelSize::files).sum();
    }

    long bytes() {
        return survey.levels().stream().mapToLong(Survey.LevelSize::bytes).sum();
    }
}
