package io.litestream.cli;

import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;

import java.util.Arrays;

/// The program `litestream`.
public final class Main {

    private Main() {}

    /// Runs the command line and ends the process with its exit code.
    ///
    /// Nothing is left to be done then, and an exit in order asks for a logger, which opens every
    /// jar and reads the time zones: as much work as a whole short command.
    public static void main(String[] args) {
        int code = new Program(Shell.ofProcess()).run(Arrays.asList(args)).code();
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }
}
