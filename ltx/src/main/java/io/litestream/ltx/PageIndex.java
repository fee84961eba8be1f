package io.litestream.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Where in a file each of its pages is. In the file it follows the pages:
///
/// | Size    | Field       | Meaning                                                            |
/// |--------:|-------------|--------------------------------------------------------------------|
/// |       6 | end         | zeros: a page block's header without a page                        |
/// |     1–5 | page number | varint; once for each page, in ascending order                     |
/// |     1–9 | offset      | varint; where the page's block begins in the file                  |
/// |     1–3 | size        | varint; size of the whole block, with its header                   |
/// |       1 | end         | a page number of 0                                                 |
/// |       8 | length      | big-endian: bytes from the first page number to its end            |
///
/// The trailer follows. The index takes twelve bytes of memory a page.
public final class PageIndex {

    static final int MAX_ENTRY_SIZE = 3 * Varint.MAX_SIZE;
    static final int LENGTH_SIZE = Long.BYTES;
    static final long END = 0;

    private static final int TAIL = 64 * 1024;
    private static final int SUFFIX = LENGTH_SIZE + LtxTrailer.SIZE;
    private static final int MIN_FILE_SIZE = LtxHeader.SIZE + PageBlock.HEADER_SIZE + 1 + SUFFIX;

    private int[] pageNumbers = new int[16];
    private long[] offsets = new long[16];
    private int size;
    private long end = LtxHeader.SIZE;

    private PageIndex() {}

    /// Where the block of a page is: input for [PageBlock#decode].
    ///
    /// @param offset where the block begins in the file
    /// @param size how many bytes it has
    public record Entry(long pageNumber, long offset, int size) {}

    /// Reads parts of a file.
    @FunctionalInterface
    public interface ByteRange {

        /// Returns exactly so many bytes from this offset on.
        byte[] read(long offset, int length) throws IOException;
    }

    /// Reads the index from the end of a file, in one read of up to 64 KiB, or a few more if it is
    /// large.
    ///
    /// The file's checksum is not checked, as it takes the whole file; but that the index fits the
    /// file is.
    ///
    /// @param name names the file in the exception
    /// @throws CorruptFileException if the file is too short, or the index does not fit it
    public static PageIndex read(String name, long fileSize, ByteRange file) throws IOException {
        if (fileSize < MIN_FILE_SIZE) {
            throw new CorruptFileException(
                    name, fileSize, "at least " + MIN_FILE_SIZE + " bytes", "the end of the file");
        }
        int tailSize = (int) Math.min(fileSize, TAIL);
        byte[] tail = file.read(fileSize - tailSize, tailSize);
        long indexEnd = fileSize - SUFFIX;
        long length = ByteBuffer.wrap(tail).getLong(tailSize - SUFFIX);
        if (length < 1 || length > fileSize - MIN_FILE_SIZE + 1) {
            throw new CorruptFileException(
                    name,
                    indexEnd,
                    "an index length from 1 to " + (fileSize - MIN_FILE_SIZE + 1),
                    Long.toUnsignedString(length));
        }
        long start = indexEnd - length;
        PageIndex index = new PageIndex();
        index.readEntries(input(name, fileSize, file, tail, start), indexEnd);
        return index;
    }

    /// Returns how many pages the file has.
    public int size() {
        return size;
    }

    /// Returns the numbers of the pages that the file has, in ascending order.
    public LongStream pageNumbers() {
        return IntStream.range(0, size).mapToLong(this::pageNumber);
    }

    /// Returns where the pages of the file are, in ascending order of page and of offset.
    ///
    /// @param i from 0 to [#size()] − 1
    public Entry entry(int i) {
        long next = i + 1 < size ? offsets[i + 1] : end;
        return new Entry(pageNumber(i), offsets[i], (int) (next - offsets[i]));
    }

    /// Returns where a page is, or nothing if the file does not have it.
    public Optional<Entry> find(long pageNumber) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pageNumber(middle) < pageNumber) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < size && pageNumber(low) == pageNumber
                ? Optional.of(entry(low))
                : Optional.empty();
    }

    static int writeEntry(long pageNumber, long offset, long size, byte[] to, int position) {
        int at = Varint.write(pageNumber, to, position);
        at = Varint.write(offset, to, at);
        return Varint.write(size, to, at);
    }

    private static FileInput input(
            String name, long fileSize, ByteRange file, byte[] tail, long start) {
        long tailStart = fileSize - tail.length;
        int length = (int) Math.min(fileSize - SUFFIX - start, Integer.MAX_VALUE);
        return start >= tailStart
                ? new FileInput(tail, (int) (start - tailStart), length, name, start)
                : new FileInput(new Chunks(file, start, fileSize - SUFFIX), name, start);
    }

    private void readEntries(FileInput in, long indexEnd) throws IOException {
        long start = in.offset();
        while (true) {
            long entryStart = in.offset();
            long number = in.takeVarint();
            if (number == END) {
                break;
            }
            long least = size == 0 ? 1 : pageNumber(size - 1) + 1;
            check(in, number, least, LtxHeader.MAX_PAGE_COUNT, entryStart, "page number");
            check(in, in.takeVarint(), end, end, entryStart, "block offset");
            long blockSize = in.takeVarint();
            check(
                    in,
                    blockSize,
                    PageBlock.HEADER_SIZE,
                    PageBlock.MAX_SIZE,
                    entryStart,
                    "block size");
            add(number, blockSize);
        }
        check(in, in.offset(), indexEnd, indexEnd, in.offset(), "end of the index");
        long pagesEnd = start - PageBlock.HEADER_SIZE;
        check(in, end, pagesEnd, pagesEnd, start, "end of the pages");
    }

    private static void check(
            FileInput in, long value, long least, long most, long offset, String what)
            throws CorruptFileException {
        if (value < least || value > most) {
            String expected = least == most ? "%s %d" : "%s from %d to %d";
            throw in.damaged(offset, expected.formatted(what, least, most), value);
        }
    }

    private void add(long pageNumber, long blockSize) {
        if (size == offsets.length) {
            int larger = Math.addExact(size, size >> 1);
            pageNumbers = Arrays.copyOf(pageNumbers, larger);
            offsets = Arrays.copyOf(offsets, larger);
        }
        pageNumbers[size] = (int) pageNumber;
        offsets[size] = end;
        end += blockSize;
        size++;
    }

    private long pageNumber(int i) {
        return Integer.toUnsignedLong(pageNumbers[i]);
    }

    /// A part of a file as a stream, fetched in large pieces.
    private static final class Chunks extends InputStream {

        private static final int CHUNK = 8 * 1024 * 1024;

        private final ByteRange file;
        private final long end;
        private long nextOffset;
        private ByteBuffer chunk = ByteBuffer.allocate(0);

        Chunks(ByteRange file, long start, long end) {
            this.file = file;
            this.nextOffset = start;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (!chunk.hasRemaining()) {
                if (nextOffset == end) {
                    return -1;
                }
                int size = (int) Math.min(CHUNK, end - nextOffset);
                chunk = ByteBuffer.wrap(file.read(nextOffset, size));
                nextOffset += size;
            }
            int some = Math.min(length, chunk.remaining());
            chunk.get(to, offset, some);
            return some;
        }
    }
}
