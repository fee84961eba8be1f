package io.litestream.replica;

import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.LegacyInventory;
import io.litestream.replica.legacy.LegacyReplica;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Decides which files have a state, where LTX files and files of Litestream 0.3 are in one place.
///
/// Each version, while it ran, held the newest state. So the state of a time is in the files of the
/// version that stored the last file until then; if that one cannot give it, the other one's older
/// state is not what was asked for.
final class FormatChoice {

    private static final System.Logger LOGGER = System.getLogger(FormatChoice.class.getName());

    private final Replica replica;
    private final Retries retries;
    private final TargetResolver resolver;

    FormatChoice(Replica replica, Retries retries, TargetResolver resolver) {
        this.replica = replica;
        this.retries = retries;
        this.resolver = resolver;
    }

    /// The files that have the state.
    sealed interface Chosen {

        /// LTX files; perhaps there are none.
        record Line(Inventory inventory) implements Chosen {}

        /// Files of Litestream 0.3; there are some.
        record Legacy(LegacyInventory inventory, WalPoint point) implements Chosen {}
    }

    /// @throws RestoreException.NotAPoint if there are no files of the version that the target is
    ///   of, but of the other one
    Chosen of(RestoreTarget target) throws IOException {
        return switch (target) {
            case RestoreTarget.Latest() -> newest(Instant.MAX, new WalPoint.End());
            case RestoreTarget.AtTime(Instant time) -> newest(time, new WalPoint.OfTime(time));
            case RestoreTarget.AtTxid _ -> line();
            case RestoreTarget.InGeneration(Generation generation, WalPoint point) ->
                    new Chosen.Legacy(generation(generation), point);
        };
    }

    /// Lists the files of Litestream 0.3 again that a target is in.
    LegacyInventory legacy(RestoreTarget target) throws IOException {
        return target instanceof RestoreTarget.InGeneration(Generation generation, WalPoint _)
                ? legacy().of(generation)
                : legacy();
    }

    private Chosen newest(Instant limit, WalPoint point) throws IOException {
        Inventory line = retries.call(replica::inventory);
        LegacyInventory legacy = besideLine();
        Optional<Instant> newest = legacy.newest(limit);
        if (legacy.isEmpty() || (newest.isEmpty() && !line.isEmpty())) {
            return new Chosen.Line(line);
        }
        if (line.isEmpty()) {
            return new Chosen.Legacy(legacy, point);
        }
        boolean latest = limit.equals(Instant.MAX);
        Optional<Instant> ofLine =
                resolver.newestTime(latest ? lastOfEachLevel(line) : line, limit);
        if (ofLine.isPresent() && !ofLine.get().isBefore(newest.orElseThrow())) {
            return new Chosen.Line(line);
        }
        if (latest) {
            warn(ofLine, newest.orElseThrow());
        }
        return new Chosen.Legacy(legacy, point);
    }

    /// Who moved over long ago does not expect this; it happens if somebody copied old files.
    private void warn(Optional<Instant> ofLine, Instant ofLegacy) {
        LOGGER.log(
                System.Logger.Level.WARNING,
                ("%s holds files of Litestream 0.3, stored until %s, and newer ones, of states"
                     + " until %s: restoring from the former. If their times were changed by"
                     + " copying them, give -timestamp %s")
                        .formatted(
                                replica.name(),
                                ofLegacy,
                                ofLine.map(Instant::toString).orElse("an unknown time"),
                                ofLine.map(Instant::toString).orElse("or -txid")));
    }

    private static Inventory lastOfEachLevel(Inventory line) {
        List<ReplicaFile> last =
                Level.all().stream().flatMap(level -> line.last(level).stream()).toList();
        return Inventory.of(last);
    }

    private Chosen line() throws IOException {
        Inventory line = retries.call(replica::inventory);
        if (line.isEmpty() && !besideLine().isEmpty()) {
            throw new RestoreException.NotAPoint(
                    ("%s holds a backup of Litestream 0.3, which has no txids: give -timestamp, or"
                                    + " -generation and -index")
                            .formatted(replica.name()));
        }
        return new Chosen.Line(line);
    }

    private LegacyInventory generation(Generation generation) throws IOException {
        LegacyInventory all = legacy();
        LegacyInventory wanted = all.of(generation);
        if (wanted.isEmpty() && !(all.isEmpty() && retries.call(replica::inventory).isEmpty())) {
            throw new RestoreException.NotAPoint(
                    "%s has no generation %s: it has %s"
                            .formatted(
                                    replica.name(),
                                    generation,
                                    all.isEmpty() ? "no backup of 0.3" : all.generations()));
        }
        return wanted;
    }

    /// Where listing is denied, the line can be found nevertheless, but not a backup of 0.3.
    private LegacyInventory besideLine() throws IOException {
        try {
            return legacy();
        } catch (StorageException.Denied e) {
            return LegacyInventory.of(List.of());
        }
    }

    private LegacyInventory legacy() throws IOException {
        return retries.call(new LegacyReplica(replica.store())::inventory);
    }
}
