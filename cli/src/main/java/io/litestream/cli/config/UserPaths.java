package io.litestream.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Paths as people write them: `~` is the home directory, and a relative path begins where the
/// program was started.
public record UserPaths(Path home, Path workingDirectory) {

    public UserPaths {
        Objects.requireNonNull(home);
        Objects.requireNonNull(workingDirectory);
    }

    /// Returns an absolute path without `.` and `..`.
    ///
    /// @throws IllegalArgumentException if the text cannot be a path
    public Path resolve(String text) {
        if (text.equals("~")) {
            return home;
        }
        String relative = text.startsWith("~/") ? text.substring(2) : text;
        Path base = text.startsWith("~/") ? home : workingDirectory;
        return base.resolve(relative).toAbsolutePath().normalize();
    }

    /// Returns the path of a database, which may be written as a URL of SQLite's.
    public Path database(String text) {
        for (String scheme : new String[] {"sqlite://", "sqlite3://"}) {
            if (text.startsWith(scheme)) {
                return resolve(text.substring(scheme.length()));
            }
        }
        return resolve(text);
    }

    /// Returns what two names of one file have in common: the path without symbolic links, as far
    /// as it exists.
    public static Path identity(Path path) {
        for (Path existing = path; existing != null; existing = existing.getParent()) {
            try {
                if (Files.exists(existing)) {
                    return existing.toRealPath().resolve(existing.relativize(path)).normalize();
                }
            } catch (IOException e) {
                return path; // not to be looked at, so not to be told apart
            }
        }
        return path;
    }
}
