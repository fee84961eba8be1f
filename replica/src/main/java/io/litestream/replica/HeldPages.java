package io.litestream.replica;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// Pages that wait until they can be written with their neighbours: in memory, and what it cannot
/// hold in sorted runs in the same file, behind the end of the database that it will be.
///
/// They come in any order, each once, and are taken in ascending order. For one thread.
final class HeldPages {

    /// What [#first] is if there are no pages.
    static final long NONE = Long.MAX_VALUE;

    private static final int MOST_RUNS = 64;
    private static final int WRITE_BYTES = 1 << 20;
    private static final int READ_BYTES = 64 << 10;

    private final FileChannel channel;
    private final int pageSize;
    private final int mostInMemory;
    private final long end;

    private final NavigableMap<Long, byte[]> memory = new TreeMap<>();
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private final PriorityQueue<Run> runs =
            new PriorityQueue<>(Comparator.comparingLong(Run::first));

    /// Where the next run begins in the file.
    private long nextRun;

    private long first = NONE;

    /// @param mostInMemory how many pages memory may hold, at least one
    /// @param end where in the file the database will end
    HeldPages(FileChannel channel, int pageSize, int mostInMemory, long end) {
        this.channel = channel;
        this.pageSize = pageSize;
        this.mostInMemory = mostInMemory;
        this.end = end;
        this.nextRun = end;
    }

    /// Says whether no page may be added before some are taken.
    boolean isFull() {
        return memory.size() == mostInMemory && runs.size() == MOST_RUNS;
    }

    /// Takes in a page, which is copied.
    ///
    /// @throws IOException if the file cannot be written
    void add(long number, byte[] page) throws IOException {
        if (memory.size() == mostInMemory) {
            moveToFile();
        }
        byte[] copy = spare.isEmpty() ? new byte[pageSize] : spare.pop();
        System.arraycopy(page, 0, copy, 0, pageSize);
        memory.put(number, copy);
        first = Math.min(first, number);
    }

    /// Returns the number of the first page, or [#NONE].
    long first() {
        return first;
    }

    /// Gives the first page away. There must be one.
    ///
    /// @throws IOException if the file cannot be read
    void takeFirst(byte[] to) throws IOException {
        Run run = runs.peek();
        if (run != null && run.first() == first) {
            runs.remove();
            run.takeFirst(to);
            if (run.first() != NONE) {
                runs.add(run);
            }
        } else {
            byte[] page = Objects.requireNonNull(memory.remove(first));
            System.arraycopy(page, 0, to, 0, pageSize);
            spare.push(page);
        }
        first =
                Math.min(
                        memory.isEmpty() ? NONE : memory.firstKey(),
                        runs.isEmpty() ? NONE : runs.element().first());
    }

    private void moveToFile() throws IOException {
        if (runs.isEmpty()) {
            nextRun = end;
        }
        Run run = new Run(nextRun, memory.keySet().stream().mapToLong(Long::longValue).toArray());
        ByteBuffer piece = ByteBuffer.allocate(Math.max(1, WRITE_BYTES / pageSize) * pageSize);
        for (Map.Entry<Long, byte[]> page : memory.entrySet()) {
            piece.put(page.getValue());
            spare.push(page.getValue());
            if (!piece.hasRemaining()) {
                write(piece);
            }
        }
        write(piece);
        memory.clear();
        runs.add(run);
    }

    private void write(ByteBuffer piece) throws IOException {
        piece.flip();
        while (piece.hasRemaining()) {
            nextRun += channel.write(piece, nextRun);
        }
        piece.clear();
    }

    /// Pages in the file, in ascending order.
    private final class Run {

        private final long[] numbers;
        private long offset;
        private int taken;
        private ByteBuffer read = ByteBuffer.allocate(0);

        Run(long offset, long[] numbers) {
            this.offset = offset;
            this.numbers = numbers;
        }

        long first() {
            return taken == numbers.length ? NONE : numbers[taken];
        }

        void takeFirst(byte[] to) throws IOException {
            if (!read.hasRemaining()) {
                fill();
            }
            read.get(to, 0, pageSize);
            taken++;
        }

        private void fill() throws IOException {
            int most = Math.max(1, READ_BYTES / pageSize);
            int pages = Math.min(most, numbers.length - taken);
            if (read.capacity() == 0) {
                read = ByteBuffer.allocate(pages * pageSize);
            }
            read.clear().limit(pages * pageSize);
            while (read.hasRemaining()) {
                int some = channel.read(read, offset);
                if (some < 0) {
                    throw new EOFException("the file was cut short at offset " + offset);
                }
                offset += some;
            }
            read.flip();
        }
    }
}
