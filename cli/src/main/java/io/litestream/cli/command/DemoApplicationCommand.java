package io.litestream.cli.command;

import io.litestream.cli.demo.SampleApplication;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;

import java.io.IOException;

/// The application of the demo, which the demo runs in a process of its own. No usage tells of it.
final class DemoApplicationCommand implements Command {

    static final String NAME = SampleApplication.COMMAND;

    @Override
    public String usage() {
        return """
        Writes to a sample database until its input ends. This is a part of litestream demo.

        Usage:

            litestream demo-application DB_PATH
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet();
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, IOException, InterruptedException {
        if (arguments.operands().size() != 1) {
            throw new CommandException("one database path required");
        }
        new SampleApplication(
                        shell.paths().database(arguments.operands().getFirst()), shell.clock())
                .run(System.in, shell.out());
        return ExitCode.SUCCESS;
    }
}
