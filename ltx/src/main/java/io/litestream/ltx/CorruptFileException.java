package io.litestream.ltx;

import java.io.IOException;

/// A file does not hold what its format demands. Reading it again will not help: the caller uses
/// another file, or gives up.
@SuppressWarnings("serial") // never serialized
public final class CorruptFileException extends IOException {

    private final String file;
    private final long offset;

    /// @param file the name under which a person can find the file
    /// @param offset where in the file the damage shows, in bytes
    /// @param expected what a sound file has there
    /// @param found what this one has
    public CorruptFileException(String file, long offset, String expected, String found) {
        super(
                "%s is damaged at offset %d: expected %s, found %s"
                        .formatted(file, offset, expected, found));
        this.file = file;
        this.offset = offset;
    }

    /// Returns the name of the damaged file.
    public String file() {
        return file;
    }

    /// Returns where in the file the damage shows, in bytes.
    public long offset() {
        return offset;
    }
}
