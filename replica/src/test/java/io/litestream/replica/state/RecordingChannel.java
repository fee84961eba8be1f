package io.litestream.replica.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A file in memory that remembers how it came about: each write, each cut, each force.
final class RecordingChannel extends FileChannel {

    /// What was done to the file, in order.
    sealed interface Step {}

    record Write(long offset, byte[] bytes) implements Step {}

    record Truncate(long size) implements Step {}

    record Force() implements Step {}

    private final List<Step> steps = new ArrayList<>();
    private byte[] content = new byte[0];

    List<Step> steps() {
        return List.copyOf(steps);
    }

    /// Returns the file after these steps.
    static byte[] replay(List<Step> steps) {
        byte[] content = new byte[0];
        for (Step step : steps) {
            content =
                    switch (step) {
                        case Write write -> written(content, write);
                        case Truncate truncate ->
                                Arrays.copyOf(
                                        content, (int) Math.min(content.length, truncate.size()));
                        case Force _ -> content;
                    };
        }
        return content;
    }

    private static byte[] written(byte[] content, Write write) {
        int end = (int) write.offset() + write.bytes().length;
        byte[] result = Arrays.copyOf(content, Math.max(content.length, end));
        System.arraycopy(write.bytes(), 0, result, (int) write.offset(), write.bytes().length);
        return result;
    }

    @Override
    public int write(ByteBuffer from, long position) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        Write write = new Write(position, bytes);
        steps.add(write);
        content = written(content, write);
        return bytes.length;
    }

    @Override
    public int read(ByteBuffer into, long position) {
        if (position >= content.length) {
            return -1;
        }
        int length = Math.min(into.remaining(), content.length - (int) position);
        into.put(content, (int) position, length);
        return length;
    }

    @Override
    public FileChannel truncate(long size) {
        steps.add(new Truncate(size));
        content = Arrays.copyOf(content, (int) Math.min(content.length, size));
        return this;
    }

    @Override
    public void force(boolean metaData) {
        steps.add(new Force());
    }

    @Override
    public long size() {
        return content.length;
    }

    @Override
    protected void implCloseChannel() {}

    @Override
    public int read(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
