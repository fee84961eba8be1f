package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.ltx.Txid;
import io.litestream.replica.Replica;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreException;
import io.litestream.replica.RestorePlan;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.retention.Pin;
import io.litestream.replica.retention.Pins;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.IOException;

/// Gives a restore point a name, under which it is kept until it is unpinned; or takes it away.
final class PinCommand implements Command {

    /// Which of the two.
    enum Name {
        PIN,
        UNPIN
    }

    private static final Flag NAME =
            Flag.text("name", "NAME", "The name of the pin. Default: the transaction.");
    private static final Flag TXID =
            Flag.text(
                    "txid", "TXID", "Pins the state after this transaction. Default: the newest.");
    private static final Flag TIMESTAMP =
            Flag.text(
                    "timestamp",
                    "TIME",
                    "Pins the newest state that is not after this time,\n"
                            + "as in 2000-01-01T00:00:00Z.");

    private final Name command;

    PinCommand(Name command) {
        this.command = command;
    }

    @Override
    public String usage() {
        return switch (command) {
            case PIN ->
                    """
                    Gives a restore point a name. It is kept until it is unpinned.

                    Usage:

                        litestream pin [flags] DB_PATH
                        litestream pin [flags] REPLICA_URL
                    """;
            case UNPIN ->
                    """
                    Takes a name away from a restore point, which is then kept no longer than others.

                    Usage:

                        litestream unpin -name NAME [flags] DB_PATH
                        litestream unpin -name NAME [flags] REPLICA_URL
                    """;
        };
    }

    @Override
    public FlagSet flags() {
        return switch (command) {
            case PIN ->
                    new FlagSet(
                            CommonFlags.CONFIG,
                            NAME,
                            TXID,
                            TIMESTAMP,
                            Source.REPLICA,
                            CommonFlags.NO_EXPAND_ENV);
            case UNPIN ->
                    new FlagSet(
                            CommonFlags.CONFIG, NAME, Source.REPLICA, CommonFlags.NO_EXPAND_ENV);
        };
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        checkName(arguments);
        Logging logging = Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.only(arguments, shell, logging);
        RestoreTarget target = RestoreFlags.target(arguments);
        for (ReplicaConfiguration configured : source.replicas()) {
            Replica replica = Replicas.of(shell).open(configured);
            try (ObjectStore _ = replica.store()) {
                switch (command) {
                    case PIN -> {
                        Pin pin = pin(replica, target, arguments, shell);
                        target = new RestoreTarget.AtTxid(pin.txid());
                    }
                    case UNPIN -> unpin(replica, arguments, shell);
                }
            }
        }
        return ExitCode.SUCCESS;
    }

    private void checkName(Arguments arguments) throws CommandException {
        if (command == Name.UNPIN && arguments.text(NAME).isEmpty()) {
            throw new CommandException(
                    "-name required", "litestream unpin -name before-migration /path/to/db");
        }
        try {
            arguments.text(NAME).ifPresent(Pin::requireName);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private static Pin pin(Replica replica, RestoreTarget target, Arguments arguments, Shell shell)
            throws CommandException, IOException {
        Restore restore = new Restore(replica, shell.clock());
        Txid txid = txid(replica, restore.plan(target));
        Pin pin =
                new Pin(
                        arguments.text(NAME).orElse(txid.toString()),
                        txid,
                        shell.clock().instant());
        Pins pins = new Pins(replica);
        try {
            pins.create(pin);
        } catch (StorageException.Conflict e) {
            throw new CommandException(
                    "%s has a pin \"%s\" of another transaction; unpin it, or give another name"
                            .formatted(replica.name(), pin.name()));
        }
        try {
            restore.plan(new RestoreTarget.AtTxid(txid)); // nobody deleted it meanwhile
        } catch (RestoreException e) {
            pins.delete(pin.name(), shell.clock().instant());
            throw e;
        }
        shell.out().printf("%s: pinned txid %s as %s%n", replica.name(), txid, pin.name());
        return pin;
    }

    private static Txid txid(Replica replica, RestorePlan plan) throws CommandException {
        return switch (plan) {
            case RestorePlan.OfLine line -> line.plan().txid();
            case RestorePlan.OfGeneration _ ->
                    throw new CommandException(
                            "%s: that point is in files of Litestream 0.3, of which nothing is ever deleted"
                                    .formatted(replica.name()));
        };
    }

    private static void unpin(Replica replica, Arguments arguments, Shell shell)
            throws CommandException, IOException {
        String name = arguments.text(NAME).orElseThrow();
        Pins pins = new Pins(replica);
        Pin pin =
                pins.find(name)
                        .orElseThrow(() ->
                                new CommandException(
                                        "%s has no pin \"%s\"".formatted(replica.name(), name)));
        pins.delete(name, shell.clock().instant());
        shell.out().printf("%s: unpinned %s, txid %s%n", replica.name(), name, pin.txid());
    }
}
