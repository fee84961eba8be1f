package io.litestream.engine;

import java.util.Arrays;

/// The pages that a stretch of the WAL changes: the newest frame of each, and the hash of the image
/// in it.
///
/// An open-addressing table of primitives, some 32 bytes a page at the worst. Confined to one
/// thread.
final class FrameIndex {

    private static final int FIRST_CAPACITY = 1 << 8;
    private static final long SIGN = 1L << 31; // page numbers are unsigned, and sorting is not

    private int[] pages =
            new int[FIRST_CAPACITY]; // unsigned; 0 is free, as no page has that number
    private long[] frames = new long[FIRST_CAPACITY];
    private long[] hashes = new long[FIRST_CAPACITY];
    private int size;

    /// Notes the newest image of a page, in place of an earlier one.
    void put(long page, long frame, long hash) {
        if (size * 2 >= pages.length) {
            grow();
        }
        int slot = slot(pages, (int) page);
        if (pages[slot] == 0) {
            pages[slot] = (int) page;
            size++;
        }
        frames[slot] = frame;
        hashes[slot] = hash;
    }

    boolean contains(long page) {
        return pages[slot(pages, (int) page)] != 0;
    }

    /// Returns the newest frame of a page, or -1 if it has none.
    long frame(long page) {
        int slot = slot(pages, (int) page);
        return pages[slot] == 0 ? -1 : frames[slot];
    }

    int size() {
        return size;
    }

    /// Returns the pages up to this one, in ascending order.
    Sorted sorted(long lastPage) {
        long[] order = new long[size];
        int count = 0;
        for (int slot = 0; slot < pages.length; slot++) {
            long page = Integer.toUnsignedLong(pages[slot]);
            if (page != 0 && page <= lastPage) {
                order[count++] = (page ^ SIGN) << 32 | slot;
            }
        }
        order = Arrays.copyOf(order, count);
        Arrays.sort(order);
        return new Sorted(order, frames, hashes);
    }

    private void grow() {
        int[] oldPages = pages;
        long[] oldFrames = frames;
        long[] oldHashes = hashes;
        int capacity = Math.multiplyExact(oldPages.length, 2);
        pages = new int[capacity];
        frames = new long[capacity];
        hashes = new long[capacity];
        for (int i = 0; i < oldPages.length; i++) {
            if (oldPages[i] != 0) {
                int slot = slot(pages, oldPages[i]);
                pages[slot] = oldPages[i];
                frames[slot] = oldFrames[i];
                hashes[slot] = oldHashes[i];
            }
        }
    }

    private static int slot(int[] pages, int page) {
        int mask = pages.length - 1;
        int slot = ((page * 0x9E3779B9) >>> 7) & mask;
        while (pages[slot] != 0 && pages[slot] != page) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /// A page set in ascending order. It shares the set's arrays: do not change the set while it is
    /// in use.
    static final class Sorted {

        private final long[] order; // page number in the upper half, its slot in the lower
        private final long[] frames;
        private final long[] hashes;

        private Sorted(long[] order, long[] frames, long[] hashes) {
            this.order = order;
            this.frames = frames;
            this.hashes = hashes;
        }

        int size() {
            return order.length;
        }

        long page(int index) {
            return (order[index] >>> 32) ^ SIGN;
        }

        long frame(int index) {
            return frames[(int) order[index]];
        }

        long hash(int index) {
            return hashes[(int) order[index]];
        }
    }
}
