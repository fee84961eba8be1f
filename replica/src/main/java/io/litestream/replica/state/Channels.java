package io.litestream.replica.state;

import io.litestream.storage.file.SystemReason;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Whole reads and writes at an offset, which a channel may do in parts.
final class Channels {

    private Channels() {}

    /// Fills the buffer. Says whether the file has that much; otherwise the rest is as it was.
    static boolean read(FileChannel channel, ByteBuffer into, long offset) throws IOException {
        long position = offset;
        while (into.hasRemaining()) {
            int length = channel.read(into, position);
            if (length < 0) {
                return false;
            }
            position += length;
        }
        return true;
    }

    /// @param path what a failure is said to be of
    static void write(FileChannel channel, Path path, ByteBuffer from, long offset)
            throws IOException {
        long position = offset;
        try {
            while (from.hasRemaining()) {
                position += channel.write(from, position);
            }
        } catch (IOException e) {
            throw SystemReason.at(path, e);
        }
    }
}
