package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// The history of a database that exists only here: the pages after each transaction, and any file
/// of it that a test wants in a replica. Transaction n is of n seconds after [#START].
final class Line {

    static final int PAGE_SIZE = 512;
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final List<SortedMap<Long, byte[]>> states = new ArrayList<>();
    private final List<SortedMap<Long, byte[]>> changes = new ArrayList<>();

    /// Whether files carry integrity tags.
    enum Tags {
        NONE,
        ALL
    }

    /// Begins with a database of so many pages.
    Line(long seed, int pages) {
        random = new Random(seed);
        states.add(new TreeMap<>());
        changes.add(new TreeMap<>());
        SortedMap<Long, byte[]> base = new TreeMap<>();
        for (long page = 1; page <= pages; page++) {
            base.put(page, page());
        }
        commit(base, pages);
    }

    /// Makes a transaction that changes some pages and maybe the size.
    Txid commitSomething() {
        long before = states.getLast().size();
        long count = Math.max(1, before + random.nextInt(7) - 3);
        SortedMap<Long, byte[]> changed = new TreeMap<>();
        for (long page = before + 1; page <= count; page++) {
            changed.put(page, page());
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            changed.put(1 + random.nextLong(count), page());
        }
        return commit(changed, count);
    }

    private Txid commit(SortedMap<Long, byte[]> changed, long count) {
        SortedMap<Long, byte[]> state = new TreeMap<>(states.getLast());
        state.putAll(changed);
        state.tailMap(count + 1).clear();
        states.add(state);
        changes.add(changed);
        return head();
    }

    private byte[] page() {
        byte[] page = new byte[PAGE_SIZE];
        random.nextBytes(page);
        return page;
    }

    Txid head() {
        return new Txid(states.size() - 1);
    }

    static Instant time(Txid txid) {
        return START.plus(Duration.ofSeconds(txid.value()));
    }

    /// Returns the database file after a transaction.
    byte[] database(Txid txid) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        state(txid).values().forEach(file::writeBytes);
        return file.toByteArray();
    }

    Checksum checksum(Txid txid) {
        Checksum sum = Checksum.EMPTY;
        for (var page : state(txid).entrySet()) {
            sum = sum.with(PageHash.of(page.getKey(), page.getValue()));
        }
        return sum;
    }

    private SortedMap<Long, byte[]> state(Txid txid) {
        return states.get((int) txid.value());
    }

    /// Puts the file of these transactions into a replica.
    ReplicaFile add(Replica replica, int level, long first, long last, Tags tags)
            throws IOException {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        return replica.create(
                new Level(level), range, Instant.EPOCH, out -> write(out, range, tags));
    }

    private void write(OutputStream out, TxidRange range, Tags tags) throws IOException {
        SortedMap<Long, byte[]> end = state(range.last());
        LtxHeader header =
                new LtxHeader(
                        PAGE_SIZE,
                        end.size(),
                        range,
                        time(range.last()),
                        new WalOrigin(32, 0, 0, 0),
                        0,
                        tag(range, tags));
        LtxEncoder encoder = new LtxEncoder(out, header);
        for (long page : pages(range)) {
            byte[] image = end.get(page);
            if (image != null) {
                encoder.page(page, image);
            }
        }
        encoder.finish();
    }

    private List<Long> pages(TxidRange range) {
        SortedMap<Long, byte[]> pages = new TreeMap<>();
        for (long txid = range.first().value(); txid <= range.last().value(); txid++) {
            pages.putAll(changes.get((int) txid));
        }
        return List.copyOf(pages.keySet());
    }

    private IntegrityTag tag(TxidRange range, Tags tags) {
        if (tags == Tags.NONE) {
            return IntegrityTag.NONE;
        }
        Checksum after = checksum(range.last());
        return range.isSnapshot()
                ? IntegrityTag.after(after)
                : IntegrityTag.between(checksum(new Txid(range.first().value() - 1)), after);
    }
}
