package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.UsageException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.List;

/// Runs one command line: finds the command, and tells the user what went wrong with it.
///
/// Nothing here or in the command `version` uses a lambda or a pattern switch: the first of each in
/// a process costs more time than all the rest of a short command.
public final class Program {

    private static final List<String> HELP = List.of("help", "-h", "-help", "--help");

    private final Shell shell;

    public Program(Shell shell) {
        this.shell = shell;
    }

    /// Runs the command that the words name. What fails as things fail is told in one line on the
    /// standard error output; only a defect of the program itself leaves as an exception.
    public ExitCode run(List<String> words) {
        String first = words.isEmpty() ? "-" : words.getFirst();
        if (!first.equals("help") && !first.startsWith("-")) {
            return run(first, words.subList(1, words.size()));
        }
        shell.out().print(Usage.PROGRAM);
        return HELP.contains(first) ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private ExitCode run(String name, List<String> words) {
        try {
            Command command = Commands.find(name);
            try {
                Arguments arguments = command.flags().parse(words);
                return command.run(arguments, shell);
            } catch (UsageException.HelpRequested e) {
                shell.out().print(Usage.of(command));
                return ExitCode.SUCCESS;
            } catch (UsageException.WrongFlag e) {
                shell.out().print(Usage.of(command));
                return failed(e);
            }
        } catch (CommandException e) {
            ExitCode code = failed(e);
            if (!e.example().isEmpty()) {
                shell.err().println("Try: " + e.example());
            }
            return code;
        } catch (ConfigurationException | IOException | UncheckedIOException e) {
            return failed(e);
        } catch (InvalidPathException e) {
            return failed(noPath(e));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("unexpected failure of litestream " + name, e);
        }
    }

    private static Exception noPath(InvalidPathException refused) {
        return new CommandException(
                "no path here: %s: %s; where the locale is not one of UTF-8, set LC_ALL=C.UTF-8"
                        .formatted(refused.getInput(), refused.getReason()));
    }

    private ExitCode failed(Exception failure) {
        shell.err().println("Error: " + describe(failure));
        return ExitCode.FAILURE;
    }

    /// Returns what to tell of a failure. Some of Java's own have only the name of a file as their
    /// message.
    static String describe(Exception failure) {
        String message = failure.getMessage();
        boolean bare = failure instanceof FileSystemException system && system.getReason() == null;
        return message == null || bare ? failure.toString() : message;
    }
}
