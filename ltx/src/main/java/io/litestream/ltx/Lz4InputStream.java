package io.litestream.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The content of a file that is one LZ4 frame, decoded block by block: the memory is that of two
/// blocks, at most 4 MiB each.
///
/// Damage is a [CorruptFileException] with its place in the file; that a stream ended without one
/// means that all checksums were right, and that nothing follows the frame.
public final class Lz4InputStream extends InputStream {

    private final FileInput in;
    private final Lz4Frame frame;
    private final Lz4Library.RunningHash hash = Lz4Library.runningHash32();
    private final int blockSize;

    private byte[] block = new byte[0];
    private int position;
    private int limit;
    private long decoded;
    private int checksum;
    private boolean ended;

    /// Reads the frame's header. Closing this stream closes the file.
    ///
    /// @param name the name under which a person can find the file
    public Lz4InputStream(InputStream file, String name) throws IOException {
        this.in = new FileInput(file, name, 0);
        this.frame = new Lz4Frame(in);
        frame.header();
        this.blockSize = frame.blockSize();
        this.checksum = hash.over(block, 0, 0);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (position == limit && !nextBlock()) {
            return -1;
        }
        int some = Math.min(length, limit - position);
        System.arraycopy(block, position, to, offset, some);
        position += some;
        return some;
    }

    private boolean nextBlock() throws IOException {
        if (ended) {
            return false;
        }
        int bound = frame.nextBlockBound(blockSize);
        if (block.length < bound) {
            block = new byte[bound];
        }
        position = 0;
        limit = frame.block(block, 0);
        decoded += limit;
        if (limit == 0) {
            end();
            return false;
        }
        checksum = hash.over(block, 0, limit);
        return true;
    }

    private void end() throws IOException {
        ended = true;
        frame.checkSize(decoded);
        if (frame.hasContentChecksum()) {
            frame.checkContent(checksum);
        }
        if (!in.atEnd()) {
            throw in.damaged(in.offset(), "the end of the file", "more");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
