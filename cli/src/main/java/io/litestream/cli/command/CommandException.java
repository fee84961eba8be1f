package io.litestream.cli.command;

/// A command cannot do what it was asked to. The message is for the user, and so is the example of
/// a command line that would work, if there is one.
@SuppressWarnings("serial") // never serialized
public final class CommandException extends Exception {

    private final String example;

    public CommandException(String message) {
        this(message, "");
    }

    public CommandException(String message, String example) {
        super(message);
        this.example = example;
    }

    /// Returns a command line to try instead; empty if there is none to suggest.
    public String example() {
        return example;
    }
}
