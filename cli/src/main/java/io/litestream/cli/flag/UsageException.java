package io.litestream.cli.flag;

/// The command line cannot be followed, and the usage is the answer.
@SuppressWarnings("serial") // never serialized
public abstract sealed class UsageException extends Exception {

    private UsageException(String message) {
        super(message);
    }

    /// Somebody asked for the usage. That is no failure.
    public static final class HelpRequested extends UsageException {
        public HelpRequested() {
            super("help requested");
        }
    }

    /// A flag is wrong: unknown, without its value, or with a value that it does not take.
    public static final class WrongFlag extends UsageException {
        public WrongFlag(String message) {
            super(message);
        }
    }
}
