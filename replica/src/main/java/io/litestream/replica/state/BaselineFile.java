package io.litestream.replica.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The last two baselines of a database, in two slots of 512 bytes that are written in turns.
///
/// A write that is cut short spoils its own slot, so the one before it is left. Nothing is forced
/// to the disk: what is lost with the power costs a comparison, and so does a baseline that is too
/// old to be of use; it is never wrong, since it says itself for which files it is right.
///
/// One thread at a time uses it.
public final class BaselineFile implements AutoCloseable {

    private static final int SLOTS = 2;

    private final FileChannel channel;
    private final Path path;
    private long lastSequence;

    private BaselineFile(FileChannel channel, Path path) throws IOException {
        this.channel = channel;
        this.path = path;
        this.lastSequence = slots().stream().mapToLong(BaselineSlot::sequence).max().orElse(0);
    }

    /// Opens the file, and creates it if there is none. Damaged content is as good as none.
    public static BaselineFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
        try {
            return new BaselineFile(channel, file);
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /// Returns the intact baselines of a file that another process may be writing, newest first.
    /// None if there is no file.
    public static List<Baseline> peek(Path file) throws IOException {
        try (BaselineFile open = new BaselineFile(FileChannel.open(file, READ), file)) {
            return open.read();
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }

    /// Returns the baselines that are intact, newest first: two at most.
    public List<Baseline> read() throws IOException {
        return slots().stream()
                .sorted(Comparator.comparingLong(BaselineSlot::sequence).reversed())
                .map(BaselineSlot::baseline)
                .toList();
    }

    /// Writes a baseline over the older of the two.
    public void write(Baseline baseline) throws IOException {
        BaselineSlot slot = new BaselineSlot(lastSequence + 1, baseline);
        Channels.write(channel, path, ByteBuffer.wrap(slot.encode()), offset(slot.slot()));
        lastSequence = slot.sequence();
    }

    /// Forgets both baselines.
    public void invalidate() throws IOException {
        channel.truncate(0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private List<BaselineSlot> slots() throws IOException {
        List<BaselineSlot> intact = new ArrayList<>(SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            byte[] bytes = new byte[BaselineSlot.SIZE];
            Channels.read(channel, ByteBuffer.wrap(bytes), offset(slot));
            BaselineSlot.decode(slot, bytes).ifPresent(intact::add);
        }
        return intact;
    }

    private static long offset(int slot) {
        return (long) slot * BaselineSlot.SIZE;
    }
}
