package io.litestream.cli.command;

import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;

import java.io.IOException;

/// Prints the version of the program.
final class VersionCommand implements Command {

    private static final Flag VERBOSE =
            Flag.toggle("verbose", "Prints the version of Java, the commit and the platform too.");

    @Override
    public String usage() {
        return """
        Prints the version.

        Usage:

            litestream version [flags]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(VERBOSE);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell) throws CommandException, IOException {
        if (!arguments.operands().isEmpty()) {
            throw new CommandException("too many arguments");
        }
        Version version = Version.ofThisBuild();
        if (arguments.isOn(VERBOSE)) {
            shell.out().print(verbose(version));
        } else {
            shell.out().println(version);
        }
        return ExitCode.SUCCESS;
    }

    private static String verbose(Version version) {
        StringBuilder text = new StringBuilder();
        text.append("Version:      ").append(version).append('\n');
        text.append("Java Version: ").append(Runtime.version()).append('\n');
        if (!version.commit().isEmpty()) {
            text.append("Git Commit:   ").append(version.commit());
            text.append(version.isDirty() ? " (dirty)\n" : "\n");
            text.append("Commit Time:  ").append(version.commitTime()).append('\n');
        }
        text.append("OS/Arch:      ")
                .append(System.getProperty("os.name", "unknown"))
                .append('/')
                .append(System.getProperty("os.arch", "unknown"))
                .append('\n');
        return text.toString();
    }
}
