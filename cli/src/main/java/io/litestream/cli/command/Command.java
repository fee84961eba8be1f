package io.litestream.cli.command;

import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;

/// One command of the program.
interface Command {

    /// Returns the usage up to the flags.
    String usage();

    /// Returns the flags that it knows.
    FlagSet flags();

    /// Does its work.
    ///
    /// @throws Exception what [Program] knows how to tell the user: a [CommandException], a
    ///   configuration that cannot be used, an I/O failure
    ExitCode run(Arguments arguments, Shell shell) throws Exception;
}
