package io.litestream.replica;

import io.litestream.ltx.TxidRange;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.RandomAccess;

/// The files of one level, in the order of their ranges; one for each range.
///
/// It does not change: [#with] and [#without] make another one, and copy little even of a million
/// files.
final class SortedFiles extends AbstractList<ReplicaFile> implements RandomAccess {

    // The files are in chunks, which the copies share. A change copies one chunk, and the list of
    // chunks with what is summed up over them.

    static final SortedFiles EMPTY = new SortedFiles(List.of());

    private static final int CHUNK = 512;

    private static final Comparator<ReplicaFile> BY_END =
            Comparator.comparing(file -> file.range().last());

    private final List<Chunk> chunks;

    /// How many files there are before each chunk, and in all.
    private final int[] starts;

    private SortedFiles(List<Chunk> chunks) {
        this.chunks = chunks;
        this.starts = new int[chunks.size() + 1];
        for (int i = 0; i < chunks.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], chunks.get(i).files.length);
        }
    }

    /// Returns these files, which are given in any order. Of several with one range, the last one
    /// counts.
    static SortedFiles of(Collection<ReplicaFile> files) {
        ReplicaFile[] sorted = files.toArray(ReplicaFile[]::new);
        Arrays.sort(sorted, Comparator.comparing(ReplicaFile::range));
        int count = 0;
        for (ReplicaFile file : sorted) {
            boolean again = count > 0 && sorted[count - 1].range().equals(file.range());
            sorted[again ? count - 1 : count++] = file;
        }
        List<Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < count; from += CHUNK) {
            chunks.add(new Chunk(Arrays.copyOfRange(sorted, from, Math.min(count, from + CHUNK))));
        }
        return new SortedFiles(chunks);
    }

    /// Returns these files and one more, which takes the place of one with the same range.
    SortedFiles with(ReplicaFile file) {
        if (chunks.isEmpty()) {
            return of(List.of(file));
        }
        int at = chunk(file.range());
        List<Chunk> changed = new ArrayList<>(chunks);
        Chunk grown = chunks.get(at).with(file);
        changed.set(at, grown);
        if (grown.files.length > CHUNK) {
            // files come at the end: full chunks stay full
            int cut = at == chunks.size() - 1 ? CHUNK : CHUNK / 2;
            changed.set(at, grown.part(0, cut));
            changed.add(at + 1, grown.part(cut, grown.files.length));
        }
        return new SortedFiles(changed);
    }

    /// Returns these files without the one of this range, if there is one.
    SortedFiles without(TxidRange range) {
        if (find(range).isEmpty()) {
            return this;
        }
        int at = chunk(range);
        List<Chunk> changed = new ArrayList<>(chunks);
        Chunk whole = chunks.get(at);
        if (whole.files.length == 1) {
            changed.remove(at);
        } else {
            changed.set(at, whole.without(whole.search(range)));
        }
        return new SortedFiles(changed);
    }

    /// Returns the file of this range, or nothing if there is none.
    Optional<ReplicaFile> find(TxidRange range) {
        if (chunks.isEmpty()) {
            return Optional.empty();
        }
        Chunk chunk = chunks.get(chunk(range));
        int at = chunk.search(range);
        return at < 0 ? Optional.empty() : Optional.of(chunk.files[at]);
    }

    /// Returns the file that ends last, or nothing if there is none.
    Optional<ReplicaFile> last() {
        return chunks.stream().map(chunk -> chunk.last).max(BY_END);
    }

    long sizeBytes() {
        return chunks.stream().mapToLong(chunk -> chunk.bytes).sum();
    }

    @Override
    public ReplicaFile get(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("%d of %d files".formatted(index, size()));
        }
        int found = Arrays.binarySearch(starts, index);
        int at = found >= 0 ? found : -found - 2;
        return chunks.get(at).files[index - starts[at]];
    }

    @Override
    public int size() {
        return starts[chunks.size()];
    }

    @Override
    public Iterator<ReplicaFile> iterator() {
        return new Files();
    }

    /// Returns the last chunk that begins at or before this range, or else the first one.
    private int chunk(TxidRange range) {
        int low = 0;
        int high = chunks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (chunks.get(middle).files[0].range().compareTo(range) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static final class Chunk {

        private final ReplicaFile[] files;
        private final ReplicaFile last;
        private final long bytes;

        Chunk(ReplicaFile[] files) {
            this.files = files;
            this.last = Arrays.stream(files).max(BY_END).orElseThrow();
            this.bytes = Arrays.stream(files).mapToLong(ReplicaFile::size).sum();
        }

        /// Returns where the file of this range is, or as [Arrays#binarySearch] where it would be.
        int search(TxidRange range) {
            int low = 0;
            int high = files.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                int order = files[middle].range().compareTo(range);
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return -low - 1;
        }

        Chunk with(ReplicaFile file) {
            int found = search(file.range());
            if (found >= 0) {
                ReplicaFile[] same = files.clone();
                same[found] = file;
                return new Chunk(same);
            }
            int at = -found - 1;
            ReplicaFile[] more = Arrays.copyOf(files, files.length + 1);
            System.arraycopy(files, at, more, at + 1, files.length - at);
            more[at] = file;
            return new Chunk(more);
        }

        Chunk without(int at) {
            ReplicaFile[] fewer = Arrays.copyOf(files, files.length - 1);
            System.arraycopy(files, at + 1, fewer, at, fewer.length - at);
            return new Chunk(fewer);
        }

        Chunk part(int from, int to) {
            return new Chunk(Arrays.copyOfRange(files, from, to));
        }
    }

    private final class Files implements Iterator<ReplicaFile> {

        private int chunk;
        private int at;

        @Override
        public boolean hasNext() {
            return chunk < chunks.size();
        }

        @Override
        public ReplicaFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more files");
            }
            ReplicaFile[] files = chunks.get(chunk).files;
            ReplicaFile next = files[at++];
            if (at == files.length) {
                chunk++;
                at = 0;
            }
            return next;
        }
    }
}
