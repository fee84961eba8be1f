package io.litestream.cli.command;

import io.litestream.cli.flag.Flag;

import java.util.Locale;

/// The usage texts.
final class Usage {

    static final String PROGRAM =
            """
            litestream replicates SQLite databases, and restores them.

            Usage:

                litestream <command> [flags] [operands]

            Commands:

                databases    lists the databases of the configuration
                demo         shows what litestream does, with a database of its own
                info         tells what the destinations of a database hold
                ltx          lists the LTX files of a destination
                pin          keeps a restore point until it is unpinned
                replicate    replicates databases until it is stopped
                reset        deletes the local state of a database
                restore      restores a database from a destination
                retention    tells which files of a destination can go
                status       shows how far databases are replicated
                unpin        keeps a restore point no longer than others
                verify       finds out whether destinations hold what was committed
                version      prints the version

            Flags come before operands. For a command's flags: litestream <command> -h
            """;

    private Usage() {}

    /// Returns the usage of a command with the list of its flags.
    static String of(Command command) {
        StringBuilder text = new StringBuilder(command.usage());
        if (!command.flags().flags().isEmpty()) {
            text.append("\nFlags:\n");
        }
        for (Flag flag : command.flags().flags()) {
            text.append("\n    -").append(flag.name());
            if (!flag.placeholder().isEmpty()) {
                text.append(' ').append(flag.placeholder().toUpperCase(Locale.ROOT));
            }
            text.append('\n').append(flag.meaning().indent(8));
        }
        return text.toString();
    }
}
