package io.litestream.cli.config;

/// The configuration cannot be used. The message names the file, and where it can the line and the
/// column, as `file:line:column: reason`.
@SuppressWarnings("serial") // never serialized
public final class ConfigurationException extends Exception {

    ConfigurationException(String message) {
        super(message);
    }
}
