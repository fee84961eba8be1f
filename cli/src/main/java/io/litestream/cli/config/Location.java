package io.litestream.cli.config;

import org.yaml.snakeyaml.error.Mark;

/// A place in a configuration file; line and column count from 1.
record Location(String file, int line, int column) {

    static Location of(String file, Mark mark) {
        return new Location(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    ConfigurationException error(String message) {
        return new ConfigurationException(this + ": " + message);
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
