package io.litestream.replica;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/// The files of several levels in the order of their first transactions, merged and not sorted,
/// since there may be a million.
final class ByBeginning implements Iterator<ReplicaFile> {

    private final List<Source> sources = new ArrayList<>();
    private final Predicate<ReplicaFile> wanted;

    /// @param levels each in this order
    ByBeginning(List<List<ReplicaFile>> levels, Predicate<ReplicaFile> wanted) {
        this.wanted = wanted;
        levels.forEach(level -> sources.add(new Source(level.iterator())));
        sources.removeIf(source -> source.next == null);
    }

    @Override
    public boolean hasNext() {
        return !sources.isEmpty();
    }

    @Override
    public ReplicaFile next() {
        Source first = null;
        for (Source source : sources) {
            if (first == null || source.begin < first.begin) {
                first = source;
            }
        }
        if (first == null || first.next == null) {
            throw new NoSuchElementException("no more files");
        }
        ReplicaFile next = first.next;
        first.advance();
        if (first.next == null) {
            sources.remove(first);
        }
        return next;
    }

    private final class Source {

        private final Iterator<ReplicaFile> files;
        private @Nullable ReplicaFile next;
        private long begin;

        Source(Iterator<ReplicaFile> files) {
            this.files = files;
            advance();
        }

        private void advance() {
            next = null;
            while (next == null && files.hasNext()) {
                ReplicaFile file = files.next();
                if (wanted.test(file)) {
                    next = file;
                    begin = file.range().first().value();
                }
            }
        }
    }
}
