package io.litestream.replica.state;

import io.litestream.ltx.CorruptFileException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// The blocks of a [PageHashTable] in its file, one of them in memory.
///
/// A block is written when another one is needed, and by [#flush]. If a write fails the block stays
/// in memory, so what failed may be tried again.
final class HashBlocks {

    private static final long NONE = 0;

    private final FileChannel channel;
    private final Path path;
    private final HashBlock block = new HashBlock();

    /// How many blocks the file has.
    private long count;

    /// The number of the block in memory.
    private long current = NONE;

    private boolean dirty;

    private long xor;

    HashBlocks(FileChannel channel, Path path) throws IOException {
        this.channel = channel;
        this.path = path;
        this.count = Math.ceilDiv(channel.size(), HashBlock.SIZE) - 1;
    }

    /// Reads every block, and returns the last page that has a hash: 0 if none has.
    ///
    /// @throws CorruptFileException if a block is damaged
    long scan() throws IOException {
        long lastPage = 0;
        xor = 0;
        for (long number = 1; number <= count; number++) {
            load(number);
            xor ^= block.xorFrom(0);
            int end = block.end();
            lastPage = end > 0 ? (number - 1) * HashBlock.ENTRIES + end : lastPage;
        }
        return lastPage;
    }

    /// Returns the XOR of all hashes, as of the last [#scan] and what was set since.
    long xor() {
        return xor;
    }

    /// Returns the hash of this page: 0 if it has none.
    long get(long page) throws IOException {
        long number = HashBlock.numberOf(page);
        if (number > count && number != current) {
            return 0;
        }
        load(number);
        return block.get(HashBlock.slotOf(page));
    }

    /// Sets the hash of this page.
    void set(long page, long hash) throws IOException {
        load(HashBlock.numberOf(page));
        int slot = HashBlock.slotOf(page);
        long old = block.get(slot);
        if (old != hash) {
            block.set(slot, hash);
            dirty = true;
            xor ^= old ^ hash;
        }
    }

    /// Returns the XOR of the hashes of all pages after this one.
    long xorAfter(long page) throws IOException {
        flush();
        long first = HashBlock.numberOf(page + 1);
        long found = 0;
        for (long number = first; number <= count; number++) {
            load(number);
            found ^= block.xorFrom(number == first ? HashBlock.slotOf(page + 1) : 0);
        }
        return found;
    }

    /// Takes the hashes of all pages after this one away. If that fails, some are left, and it may
    /// be tried again.
    void clearAfter(long page) throws IOException {
        long kept = page == 0 ? 0 : HashBlock.numberOf(page);
        long cut = xorAfter(kept * HashBlock.ENTRIES);
        if (count > kept) {
            channel.truncate(offset(kept + 1));
            xor ^= cut;
            count = kept;
            current = NONE;
        }
        int slot = HashBlock.slotOf(page + 1);
        if (slot > 0 && count == kept) {
            load(kept);
            xor ^= block.xorFrom(slot);
            block.clearFrom(slot);
            dirty = true;
        }
    }

    /// Writes the block in memory if it was changed.
    void flush() throws IOException {
        if (!dirty) {
            return;
        }
        Channels.write(channel, path, block.sealed(current), offset(current));
        dirty = false;
        count = Math.max(count, current);
    }

    private void load(long number) throws IOException {
        if (number == current) {
            return;
        }
        flush();
        current = NONE;
        if (number <= count) {
            read(number);
        } else {
            block.clear();
        }
        current = number;
    }

    private void read(long number) throws IOException {
        boolean whole = Channels.read(channel, block.buffer(), offset(number));
        if (!whole || !block.isIntact(number)) {
            throw new CorruptFileException(
                    path.toString(),
                    offset(number),
                    "block %d with its checksum".formatted(number),
                    whole ? "another checksum" : "the end of the file");
        }
    }

    /// The header is in front, as long as a block.
    private static long offset(long number) {
        return Math.multiplyExact(number, HashBlock.SIZE);
    }
}
