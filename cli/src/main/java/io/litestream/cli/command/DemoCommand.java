package io.litestream.cli.command;

import io.litestream.cli.config.ReplicaPlace;
import io.litestream.cli.demo.Demo;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

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

            litestream demo [flags] [DIRECTORY | file:///DIRECTORY]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(KEEP);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, IOException, InterruptedException {
        List<String> operands = arguments.operands();
        if (operands.size() > 1) {
            throw new CommandException("too many arguments");
        }
        Optional<ReplicaPlace> destination =
                operands.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Source.place(operands.getFirst(), shell));
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
}
