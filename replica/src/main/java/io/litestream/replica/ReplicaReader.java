package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageIndex;

import java.io.IOException;
import java.util.List;

/// A replica as who puts a database together reads it: again where the store did not answer, and
/// telling which file is damaged.
final class ReplicaReader {

    private final Replica replica;
    private final Retries retries;
    private final int parallelism;
    private final RestoreProgress progress;

    ReplicaReader(Replica replica, Retries retries, int parallelism, RestoreProgress progress) {
        this.replica = replica;
        this.retries = retries;
        this.parallelism = parallelism;
        this.progress = progress;
    }

    /// Returns the key of a file, by which people find it.
    String name(ReplicaFile file) {
        return replica.key(file).value();
    }

    LtxHeader header(ReplicaFile file) throws IOException {
        return read(file, () -> replica.header(file));
    }

    PageIndex pageIndex(ReplicaFile file) throws IOException {
        return read(file, () -> replica.pageIndex(file));
    }

    /// Checks that a header says what the file's name says.
    void check(ReplicaFile file, LtxHeader header) throws CorruptFileException {
        replica.checked(file, header);
    }

    /// Returns the whole of a file, for reading ahead.
    ReadAhead.Span span(ReplicaFile file) {
        return ReadAhead.Span.of(replica.key(file), file.size());
    }

    /// Returns a part of a file, for reading ahead.
    ReadAhead.Span span(ReplicaFile file, long from, long to) {
        return new ReadAhead.Span(replica.key(file), from, to);
    }

    ReadAhead readAhead(List<ReadAhead.Span> spans) {
        return new ReadAhead(replica, spans, parallelism, retries, progress);
    }

    private <T> T read(ReplicaFile file, Retries.Read<T> read) throws IOException {
        try {
            return retries.call(read);
        } catch (CorruptFileException e) {
            throw new DamagedFileException(file, e);
        }
    }

    @Override
    public String toString() {
        return replica.name();
    }
}
