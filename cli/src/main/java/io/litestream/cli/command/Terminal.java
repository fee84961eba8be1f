package io.litestream.cli.command;

import java.io.Console;
import java.util.Optional;

/// Whether somebody watches what the program prints.
public enum Terminal {
    /// Nobody does.
    NONE,
    /// Somebody does if the process has a terminal for input and output.
    OF_PROCESS;

    /// Tells whether somebody watches. Asked only where it matters: the answer takes milliseconds.
    boolean isAttended() {
        return switch (this) {
            case NONE -> false;
            case OF_PROCESS ->
                    Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        };
    }
}
