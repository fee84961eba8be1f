package io.litestream.cli;

import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;

import java.util.Arrays;

/// The program `litestream`.
public final class Main {

    private Main() {}

    /// Runs the command line and ends the process with its exit code.
    public static void main(String[] args) {
        System.exit(new Program(Shell.ofProcess()).run(Arrays.asList(args)).code());
    }
}
