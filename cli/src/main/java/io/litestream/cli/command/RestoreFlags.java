package io.litestream.cli.command;

import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.ltx.Txid;
import io.litestream.replica.ExistingOutput;
import io.litestream.replica.IntegrityCheck;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.WalIndex;
import io.litestream.replica.legacy.WalPoint;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;

/// The flags of `restore`, and what they mean.
final class RestoreFlags {

    static final Flag OUTPUT =
            Flag.text(
                    "o",
                    "PATH",
                    "Where the database is restored to. Default: the path of the database.");
    static final Flag IF_DB_NOT_EXISTS =
            Flag.toggle("if-db-not-exists", "Does nothing if the output exists already.");
    static final Flag IF_REPLICA_EXISTS =
            Flag.toggle(
                    "if-replica-exists",
                    "Does nothing if there is no backup, or none as old as -timestamp.");
    static final Flag DRY_RUN =
            Flag.toggle("dry-run", "Prints which files would be read, and restores nothing.");

    static final Flag VERIFY_ONLY =
            Flag.toggle(
                    "verify-only",
                    "Restores beside -o, or among the temporary files, checks the result, and\n"
                            + "removes it: a drill.");

    private static final Flag TXID =
            Flag.text("txid", "TXID", "Restores the state after this transaction.");
    private static final Flag TIMESTAMP =
            Flag.text(
                    "timestamp",
                    "TIME",
                    "Restores the newest state that is not after this time,\n"
                            + "as in 2000-01-01T00:00:00Z.");
    private static final Flag TIME = Flag.text("time", "TIME", "The same as -timestamp.");
    private static final Flag GENERATION =
            Flag.text(
                    "generation",
                    "GENERATION",
                    "For a backup of Litestream 0.3: restores this generation, to its end\n"
                            + "unless -index or -timestamp is given.");
    private static final Flag INDEX =
            Flag.text(
                    "index",
                    "HEX",
                    "For a backup of Litestream 0.3: restores to the end of this WAL.");
    private static final Flag PARALLELISM =
            Flag.integer(
                    "parallelism",
                    "N",
                    "How many reads there are at once. Default: "
                            + RestoreRequest.DEFAULT_PARALLELISM
                            + ".");
    private static final Flag FORCE =
            Flag.toggle("force", "Replaces a database that is at the output.");
    private static final Flag INTEGRITY_CHECK =
            Flag.text(
                    "integrity-check",
                    "CHECK",
                    "How SQLite checks the restored database: none, quick or full.\n"
                            + "Default: quick. Checksums are always checked.");
    private static final Flag FOLLOW = Flag.toggle("f", "Not part of this version yet.");
    private static final Flag FOLLOW_INTERVAL =
            Flag.duration("follow-interval", "DURATION", "Not part of this version yet.");

    static final FlagSet ALL =
            new FlagSet(
                    CommonFlags.CONFIG,
                    OUTPUT,
                    TXID,
                    TIMESTAMP,
                    TIME,
                    GENERATION,
                    INDEX,
                    Source.REPLICA,
                    PARALLELISM,
                    INTEGRITY_CHECK,
                    IF_DB_NOT_EXISTS,
                    IF_REPLICA_EXISTS,
                    FORCE,
                    DRY_RUN,
                    VERIFY_ONLY,
                    CommonFlags.NO_EXPAND_ENV,
                    CommonFlags.JSON,
                    FOLLOW,
                    FOLLOW_INTERVAL);

    private static final String ZERO = "0000000000000000";

    private RestoreFlags() {}

    static void refuseWhatIsNotThereYet(Arguments arguments) throws CommandException {
        for (Flag flag : new Flag[] {FOLLOW, FOLLOW_INTERVAL}) {
            boolean used =
                    flag.kind() == Flag.Kind.SWITCH ? arguments.isOn(flag) : arguments.has(flag);
            if (used) {
                throw new CommandException(
                        "-%s: following a replica is not part of this version yet"
                                .formatted(flag.name()));
            }
        }
    }

    /// A drill touches nothing that is there.
    static void refuseBesideDrill(Arguments arguments) throws CommandException {
        for (Flag flag : new Flag[] {DRY_RUN, FORCE, IF_DB_NOT_EXISTS}) {
            if (arguments.isOn(VERIFY_ONLY) && arguments.isOn(flag)) {
                throw new CommandException(
                        "cannot specify -%s with -verify-only".formatted(flag.name()));
            }
        }
    }

    static RestoreTarget target(Arguments arguments) throws CommandException {
        Optional<String> txid = arguments.text(TXID);
        Optional<String> time = arguments.text(TIMESTAMP).or(() -> arguments.text(TIME));
        if (arguments.has(TIMESTAMP) && arguments.has(TIME)) {
            throw new CommandException("-timestamp and -time are the same; give one of them");
        }
        if ((txid.isPresent() || arguments.has(INDEX)) && time.isPresent()) {
            throw new CommandException("cannot specify index & timestamp to restore");
        }
        if (arguments.has(GENERATION) || arguments.has(INDEX)) {
            return inGeneration(arguments, txid, time);
        }
        if (txid.isPresent() && !txid.get().equals(ZERO)) {
            return atTxid(txid.get());
        }
        return time.isPresent()
                ? new RestoreTarget.AtTime(instant(time.get()))
                : new RestoreTarget.Latest();
    }

    private static RestoreTarget inGeneration(
            Arguments arguments, Optional<String> txid, Optional<String> time)
            throws CommandException {
        Optional<String> generation = arguments.text(GENERATION);
        if (generation.isEmpty()) {
            throw new CommandException("must specify generation when restoring to index");
        }
        if (txid.isPresent()) {
            throw new CommandException(
                    "cannot specify -txid and -generation: a backup of Litestream 0.3 has no"
                            + " txids");
        }
        try {
            Optional<String> index = arguments.text(INDEX);
            WalPoint point =
                    index.isPresent()
                            ? new WalPoint.OfIndex(WalIndex.parse(index.get()))
                            : time.isPresent()
                                    ? new WalPoint.OfTime(instant(time.get()))
                                    : new WalPoint.End();
            return new RestoreTarget.InGeneration(new Generation(generation.get()), point);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private static RestoreTarget atTxid(String text) throws CommandException {
        try {
            return new RestoreTarget.AtTxid(Txid.parse(text.toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    "invalid txid format",
                    "litestream restore -txid 00000000000000ff -o /path/to/db DB_PATH");
        }
    }

    private static Instant instant(String text) throws CommandException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new CommandException(
                    "invalid -timestamp, must specify in ISO 8601 format (e.g."
                            + " 2000-01-01T00:00:00Z)");
        }
    }

    static int parallelism(Arguments arguments) throws CommandException {
        int parallelism = arguments.integer(PARALLELISM, RestoreRequest.DEFAULT_PARALLELISM);
        if (parallelism < 1 || parallelism > 256) {
            throw new CommandException(
                    "-parallelism must be from 1 to 256 (got %d)".formatted(parallelism));
        }
        return parallelism;
    }

    static IntegrityCheck check(Arguments arguments) throws CommandException {
        String value = arguments.text(INTEGRITY_CHECK).orElse("quick");
        return switch (value) {
            case "none" -> IntegrityCheck.NONE;
            case "quick" -> IntegrityCheck.QUICK;
            case "full" -> IntegrityCheck.FULL;
            default ->
                    throw new CommandException(
                            "invalid -integrity-check value: %s (none, quick or full)"
                                    .formatted(value));
        };
    }

    static ExistingOutput existing(Arguments arguments) {
        return arguments.isOn(FORCE) ? ExistingOutput.REPLACE : ExistingOutput.KEEP;
    }
}
