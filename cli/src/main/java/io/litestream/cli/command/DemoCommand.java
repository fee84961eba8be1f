package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.ReplicaPlace;
import io.litestream.cli.config.ReplicaUrl;
import io.litestream.cli.demo.Demo;
import io.litestream.cli.demo.Destination;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Shows a newcomer what litestream does.
final class DemoCommand implements Command {

    private static final Flag KEEP =
            Flag.toggle("keep", "Keeps the files, which are deleted otherwise if all went well.");

    @Override
    public String usage() {
        return """
        Shows in some ten seconds what litestream does: an application writes to a sample database in
        a temporary directory, its replication is killed and started again, the database is restored
        and compared. Without a destination the replica is in that directory too.

        Usage:

            litestream demo [flags] [DIRECTORY | REPLICA_URL]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(KEEP);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException, InterruptedException {
        List<String> operands = arguments.operands();
        if (operands.size() > 1) {
            throw new CommandException("too many arguments");
        }
        Optional<Destination> destination =
                operands.isEmpty()
                        ? Optional.empty()
                        : Optional.of(destination(operands.getFirst(), shell));
        Demo demo =
                new Demo(
                        destination,
                        arguments.isOn(KEEP) ? Demo.Leftovers.KEEP : Demo.Leftovers.DELETE,
                        shell.out(),
                        shell.clock());
        return switch (demo.run()) {
            case PROVEN -> ExitCode.SUCCESS;
            case REFUTED -> ExitCode.FAILURE;
        };
    }

    /// Returns what a URL names. The processes of the demo take credentials from the environment.
    private static Destination destination(String operand, Shell shell)
            throws CommandException, ConfigurationException {
        ReplicaPlace place = Source.place(operand, shell);
        return switch (place) {
            case ReplicaPlace.Directory(Path path) ->
                    new Destination(place.toString(), () -> isEmpty(path));
            case ReplicaPlace.S3 _ -> {
                if (!ReplicaUrl.withoutSecrets(operand).equals(operand)) {
                    throw new CommandException(
                            "a demo takes no key in its URL, since all could see it among the"
                                    + " processes; name its file with sseCustomerKeyPath");
                }
                ReplicaConfiguration replica =
                        new ReplicaConfiguration(
                                place.type(), place, Duration.ZERO, OptionalLong.empty());
                yield new Destination(
                        operand,
                        () -> Replicas.of(shell).open(replica).inventory().files().isEmpty());
            }
        };
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
