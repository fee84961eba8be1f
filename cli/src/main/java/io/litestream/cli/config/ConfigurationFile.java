package io.litestream.cli.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Finds and loads the configuration file.
public final class ConfigurationFile {

    /// The variable that names the file if no flag does.
    public static final String VARIABLE = "LITESTREAM_CONFIG";

    private static final Path SYSTEM_WIDE = Path.of("/etc/litestream.yml");
    private static final String IN_HOME = ".litestream.yml";

    /// Whether `$NAME` in a file stands for an environment variable.
    public enum Expansion {
        /// It does.
        ON,
        /// It is left as it is.
        OFF
    }

    private final Map<String, String> environment;
    private final UserPaths paths;

    public ConfigurationFile(Map<String, String> environment, UserPaths paths) {
        this.environment = Map.copyOf(environment);
        this.paths = paths;
    }

    /// Loads the configuration from the file that the flag names, else the one that the environment
    /// names, else the one in the home directory if there is one, else the system's.
    ///
    /// @throws ConfigurationException if there is no such file, or it cannot be used
    public Configuration load(Optional<String> flag, Expansion expansion)
            throws ConfigurationException {
        Path file = locate(flag);
        String text = text(file);
        String expanded =
                switch (expansion) {
                    case ON -> EnvironmentExpansion.expand(text, environment);
                    case OFF -> text;
                };
        return parse(file.toString(), expanded);
    }

    /// Tells whether there is a file for [#load] if no flag names one.
    public boolean existsWithoutFlag() {
        return Files.exists(locate(Optional.empty()));
    }

    /// Reads a configuration from its text.
    Configuration parse(String file, String text) throws ConfigurationException {
        SectionReader sections = new SectionReader(file);
        Section root = sections.read(text);
        return new ConfigurationReader(paths, new PlaceReader(paths, environment))
                .read(root, sections.warnings());
    }

    private Path locate(Optional<String> flag) {
        Optional<String> named =
                flag.or(() ->
                        Optional.ofNullable(environment.get(VARIABLE))
                                .filter(name -> !name.isEmpty()));
        if (named.isPresent()) {
            return paths.resolve(named.get());
        }
        Path inHome = paths.home().resolve(IN_HOME);
        return Files.exists(inHome) ? inHome : SYSTEM_WIDE;
    }

    private static String text(Path file) throws ConfigurationException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("config file not found: " + file);
        } catch (MalformedInputException e) {
            throw new ConfigurationException(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigurationException("cannot read config file %s: %s".formatted(file, e));
        }
    }
}
