package io.litestream.cli.command;

import io.litestream.cli.text.NearestName;

import java.util.List;

/// Knows every command by its name. Only the one that is asked for is loaded.
final class Commands {

    private static final List<String> NAMES =
            List.of(
                    "databases",
                    "demo",
                    "generations",
                    "help",
                    "info",
                    "list",
                    "ltx",
                    "mcp",
                    "pin",
                    "register",
                    "replicate",
                    "reset",
                    "restore",
                    "retention",
                    "snapshots",
                    "start",
                    "status",
                    "stop",
                    "sync",
                    "unpin",
                    "unregister",
                    "verify",
                    "version",
                    "wal");

    private Commands() {}

    /// Returns the command with this name.
    ///
    /// @throws CommandException if there is none, or not yet
    static Command find(String name) throws CommandException {
        return switch (name) {
            case "verify" -> new VerifyCommand();
            case "version" -> new VersionCommand();
            case "databases" -> new DatabasesCommand();
            case "demo" -> new DemoCommand();
            case DemoApplicationCommand.NAME -> new DemoApplicationCommand();
            case "info" -> new InfoCommand();
            case "generations" -> new GenerationsCommand();
            case "ltx" -> new LtxCommand(LtxCommand.Name.LTX);
            case "pin" -> new PinCommand(PinCommand.Name.PIN);
            case "replicate" -> new ReplicateCommand();
            case "reset" -> new ResetCommand();
            case "restore" -> new RestoreCommand();
            case "retention" -> new RetentionCommand();
            case "status" -> new StatusCommand();
            case "snapshots" -> new BackupFilesCommand(BackupFilesCommand.Name.SNAPSHOTS);
            case "wal" -> new BackupFilesCommand(BackupFilesCommand.Name.WAL);
            case "unpin" -> new PinCommand(PinCommand.Name.UNPIN);
            case "list", "mcp", "register", "start", "stop", "sync", "unregister" ->
                    throw new CommandException(
                            "litestream "
                                    + name
                                    + ": this command is not part of this version yet");
            default ->
                    throw new CommandException(
                            "litestream "
                                    + name
                                    + ": unknown command (did you mean "
                                    + NearestName.to(name, NAMES)
                                    + "?)");
        };
    }
}
