package io.litestream.cli.command;

/// How the program ends.
public enum ExitCode {
    /// Everything that was asked for was done.
    SUCCESS(0),
    /// It was not, or not all of it.
    FAILURE(1),
    /// Nothing is known to be wrong, but what was asked for could not be found out.
    INCONCLUSIVE(2);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /// Returns the number that the operating system gets.
    public int code() {
        return code;
    }
}
