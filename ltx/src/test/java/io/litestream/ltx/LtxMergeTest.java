package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

class LtxMergeTest {

    private static final int SIZE = 512;
    private static final Checksum A = new Checksum(0xA);
    private static final Checksum B = new Checksum(0xB);
    private static final Checksum C = new Checksum(0xC);

    @RepeatedTest(200)
    void doesWhatAllFilesDoOneAfterAnother() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Line line = new Line(random, 2 + random.nextInt(12));
        int first = random.nextInt(line.states.size() - 1);
        List<byte[]> files = line.cut(first, random);

        byte[] merged = merge(files);

        SortedMap<Long, byte[]> database = new TreeMap<>(line.states.get(first));
        LtxDecoder decoder = LtxFiles.open(merged);
        database.putAll(LtxFiles.read(decoder));
        database.tailMap(decoder.header().pageCount() + 1).clear();
        assertThat(database).as("seed %d", seed).containsExactlyEntriesOf(line.states.getLast());
        assertThat(decoder.header().tag().postApply())
                .contains(LtxFiles.checksum(line.states.getLast()));
        assertThat(decoder.header().isSnapshot()).isEqualTo(first == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 600, 1000, 65536})
    void theBufferMayHaveAnySize(int bufferBytes) throws Exception {
        List<byte[]> files = new Line(new Random(5), 40).cut(0, new Random(6));
        List<LtxDecoder> decoders = new ArrayList<>();
        for (byte[] file : files) {
            decoders.add(new LtxDecoder(new ByteArrayInputStream(file), "file", bufferBytes));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        LtxMerge.merge(decoders, out);

        assertThat(out.toByteArray()).isEqualTo(merge(files));
    }

    @Test
    void pagesOfTheOldFormAreWrittenInTheNewOne() throws Exception {
        byte[] old = LtxFiles.golden("legacy-frames/0-0000000000000001-0000000000000001.ltx");

        byte[] merged = merge(List.of(old));

        assertThat(LtxFiles.read(merged)).containsExactlyEntriesOf(LtxFiles.read(old));
        assertThat(merged[LtxHeader.SIZE + 5]).isEqualTo((byte) 1);
    }

    @Test
    void theHeaderSpansFirstToLast() throws Exception {
        IntegrityTag firstTag = IntegrityTag.between(A, B);
        IntegrityTag lastTag = IntegrityTag.between(B, C);
        byte[] first = file(LtxFiles.header(SIZE, 9, 2, 4, firstTag), 1, 9);
        LtxHeader lastHeader =
                new LtxHeader(
                        SIZE,
                        5,
                        TxidRange.of(new Txid(5)),
                        Instant.ofEpochMilli(77),
                        WalOrigin.COMPARISON,
                        3,
                        lastTag);
        byte[] last = file(lastHeader, 2);

        LtxHeader merged = LtxFiles.open(merge(List.of(first, last))).header();

        assertThat(merged)
                .isEqualTo(
                        new LtxHeader(
                                SIZE,
                                5,
                                new TxidRange(new Txid(2), new Txid(5)),
                                Instant.ofEpochMilli(77),
                                WalOrigin.NONE,
                                0,
                                IntegrityTag.between(A, C)));
    }

    @Test
    void pagesBeyondTheNewestPageCountGo() throws Exception {
        byte[] large = file(LtxFiles.header(SIZE, 100, 2, 2), 1, 50, 100);
        byte[] small = file(LtxFiles.header(SIZE, 50, 3, 3), 1);

        assertThat(LtxFiles.read(merge(List.of(large, small)))).containsOnlyKeys(1L, 50L);
    }

    @Test
    void pagesOfAGrownDatabaseStay() throws Exception {
        byte[] small = file(LtxFiles.header(SIZE, 2, 2, 2), 2);
        byte[] large = file(LtxFiles.header(SIZE, 4, 3, 3), 1, 3, 4);

        assertThat(LtxFiles.read(merge(List.of(small, large))).keySet())
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void oneFileStaysAsItIs() throws Exception {
        byte[] file = file(LtxFiles.header(SIZE, 9, 2, 4, IntegrityTag.between(A, B)), 1, 9);

        byte[] merged = merge(List.of(file));

        assertThat(LtxFiles.read(merged)).containsExactlyEntriesOf(LtxFiles.read(file));
    }

    @ParameterizedTest
    @CsvSource({"2,5,4,6", "2,5,2,6", "2,5,1,6", "2,5,6,6", "2,5,3,9"})
    void filesMayOverlap(long first, long last, long nextFirst, long nextLast) throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 1, first, last), 1);
        byte[] two = file(LtxFiles.header(SIZE, 1, nextFirst, nextLast), 1);

        byte[] merged = merge(List.of(one, two));

        assertThat(LtxFiles.read(merged)).containsExactly(entry(1L, LtxFiles.read(two).get(1L)));
    }

    @ParameterizedTest
    @CsvSource({"2,5,7,8", "2,5,2,5", "2,5,3,4", "2,5,1,1", "4,5,2,3"})
    void refusesGapsAndFilesThatReachNoFurther(long first, long last, long nextFirst, long nextLast)
            throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 1, first, last), 1);
        byte[] two = file(LtxFiles.header(SIZE, 1, nextFirst, nextLast), 1);

        assertThatThrownBy(() -> merge(List.of(one, two)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageStartingWith("1.ltx is damaged at offset 16")
                .hasMessageContaining("of 0.ltx");
    }

    @Test
    void refusesAnotherPageSize() throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 1, 2, 2), 1);
        byte[] two = file(LtxFiles.header(1024, 1, 3, 3), 1);

        assertThatThrownBy(() -> merge(List.of(one, two)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "1.ltx is damaged at offset 8: expected page size 512 as in 0.ltx,"
                                + " found 1024");
    }

    @Test
    void refusesTagsThatDoNotJoin() throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 1, 2, 2, IntegrityTag.between(A, B)), 1);
        byte[] two = file(LtxFiles.header(SIZE, 1, 3, 3, IntegrityTag.between(C, A)), 1);

        assertThatThrownBy(() -> merge(List.of(one, two)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageStartingWith("1.ltx is damaged at offset 88")
                .hasMessageContaining(B.toString())
                .hasMessageEndingWith("found " + C);
    }

    @Test
    void tagsNeedNotJoinWhereFilesOverlapOrOneIsUnknown() throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 1, 2, 4, IntegrityTag.between(A, B)), 1);
        byte[] overlapping = file(LtxFiles.header(SIZE, 1, 4, 5, IntegrityTag.between(C, A)), 1);
        byte[] untagged = file(LtxFiles.header(SIZE, 1, 5, 5), 1);

        IntegrityTag tag = LtxFiles.open(merge(List.of(one, overlapping))).header().tag();
        assertThat(tag).isEqualTo(IntegrityTag.between(A, A));
        tag = LtxFiles.open(merge(List.of(one, untagged))).header().tag();
        assertThat(tag).isEqualTo(new IntegrityTag(Optional.of(A), Optional.empty()));
    }

    @Test
    void aSnapshotMustBeWhatTheLastTagSays() throws Exception {
        byte[] base = file(LtxFiles.header(SIZE, 1, 1, 1), 1);
        byte[] wrong = file(LtxFiles.header(SIZE, 1, 2, 2, IntegrityTag.after(B)), 1);

        assertThatThrownBy(() -> merge(List.of(base, wrong)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageStartingWith("1.ltx is damaged at offset 80")
                .hasMessageEndingWith("found " + B);
    }

    @Test
    void refusesASnapshotThatLacksAPage() throws Exception {
        byte[] base = file(LtxFiles.header(SIZE, 1, 1, 1), 1);
        byte[] grown = file(LtxFiles.header(SIZE, 3, 2, 2), 1, 3);

        assertThatThrownBy(() -> merge(List.of(base, grown)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("1.ltx")
                .hasMessageEndingWith("found 3 pages");
    }

    @Test
    void refusesDamagedInputAlsoWhereItsPagesAreNotNeeded() throws Exception {
        byte[] one = file(LtxFiles.header(SIZE, 9, 2, 2), 9);
        byte[] two = file(LtxFiles.header(SIZE, 1, 3, 3), 1);
        one[one.length - 1] ^= 1;

        assertThatThrownBy(() -> merge(List.of(one, two)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageStartingWith("0.ltx is damaged");
    }

    @Test
    void refusesNothingToMerge() {
        assertThatThrownBy(() -> merge(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLockPageStaysAbsent() throws Exception {
        byte[] page = new byte[65536];
        byte[] one =
                LtxFiles.write(
                        LtxFiles.header(65536, 16384, 2, 2), Map.of(16383L, page, 16384L, page));
        byte[] two =
                LtxFiles.write(
                        LtxFiles.header(65536, 16386, 3, 3), Map.of(16384L, page, 16386L, page));

        assertThat(LtxFiles.read(merge(List.of(one, two))).keySet())
                .containsExactly(16383L, 16384L, 16386L);
    }

    @Test
    void mergesASnapshotAcrossTheLockPage() throws Exception {
        byte[] zeros = new byte[65536];
        ByteArrayOutputStream base = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(base, LtxFiles.header(65536, 16386, 1, 1));
        Checksum database = Checksum.EMPTY;
        for (long number = 1; number <= 16386; number++) {
            if (number != 16385) {
                encoder.page(number, zeros);
                database = database.with(PageHash.of(number, zeros));
            }
        }
        encoder.finish();
        byte[] ones = new byte[65536];
        Arrays.fill(ones, (byte) 1);
        database = database.with(PageHash.of(16386, zeros)).with(PageHash.of(16386, ones));
        byte[] next =
                LtxFiles.write(
                        LtxFiles.header(65536, 16386, 2, 2, IntegrityTag.after(database)),
                        Map.of(16386L, ones));

        byte[] merged = merge(List.of(base.toByteArray(), next));

        PageIndex index = PageIndex.read("x", merged.length, LtxFiles.range(merged));
        assertThat(index.size()).isEqualTo(16385);
        assertThat(index.find(16385)).isEmpty();
        PageIndex.Entry last = index.find(16386).orElseThrow();
        byte[] page = new byte[65536];
        PageBlock.decode("x", last, merged, (int) last.offset(), page);
        assertThat(page).isEqualTo(ones);
    }

    @Test
    void closesNothing() throws Exception {
        byte[] file = file(LtxFiles.header(SIZE, 1, 2, 2), 1);
        OutputStream out =
                new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        throw new AssertionError("closed");
                    }
                };

        assertThat(LtxMerge.merge(List.of(LtxFiles.open(file)), out)).isNotNull();
    }

    private static byte[] merge(List<byte[]> files) throws IOException {
        List<LtxDecoder> decoders = new ArrayList<>();
        for (byte[] file : files) {
            decoders.add(LtxFiles.open(file, decoders.size() + ".ltx"));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxMerge.merge(decoders, out);
        return out.toByteArray();
    }

    private static byte[] file(LtxHeader header, long... numbers) throws IOException {
        Random random = new Random(header.range().last().value());
        Map<Long, byte[]> pages = new TreeMap<>();
        for (long number : numbers) {
            pages.put(number, LtxFiles.page(random, header.pageSize()));
        }
        return LtxFiles.write(header, pages);
    }

    /// A database's life, kept whole at each transaction: the plain model to which merging is held.
    private static final class Line {

        /// The database after transaction i; none before the first.
        final List<SortedMap<Long, byte[]>> states = new ArrayList<>();

        /// What transaction i + 1 wrote.
        private final List<SortedMap<Long, byte[]>> changes = new ArrayList<>();

        Line(Random random, int transactions) {
            SortedMap<Long, byte[]> state = new TreeMap<>();
            states.add(state);
            for (int i = 0; i < transactions; i++) {
                long before = state.size();
                long count = Math.max(1, before + random.nextInt(-8, 9));
                SortedMap<Long, byte[]> change = new TreeMap<>();
                for (long number = 1; number <= count; number++) {
                    if (number > before || random.nextInt(4) == 0) {
                        change.put(number, LtxFiles.page(random, SIZE));
                    }
                }
                state = new TreeMap<>(state);
                state.putAll(change);
                state.tailMap(count + 1).clear();
                changes.add(change);
                states.add(state);
            }
        }

        /// Files from state `first` to the last one, some of several transactions, some
        /// overlapping.
        List<byte[]> cut(int first, Random random) throws IOException {
            List<byte[]> files = new ArrayList<>();
            int from = first;
            for (int to = first; to < changes.size(); from = to) {
                int start = Math.max(first, from - random.nextInt(3));
                to = Math.min(changes.size(), to + 1 + random.nextInt(3));
                files.add(file(start, to));
            }
            return files;
        }

        /// A file of the transactions after state `from` up to state `to`, made without merging.
        private byte[] file(int from, int to) throws IOException {
            SortedMap<Long, byte[]> state = states.get(to);
            SortedMap<Long, byte[]> pages = new TreeMap<>();
            for (SortedMap<Long, byte[]> change : changes.subList(from, to)) {
                change.keySet().forEach(number -> pages.put(number, new byte[0]));
            }
            pages.keySet().retainAll(state.keySet());
            pages.replaceAll((number, _) -> state.get(number));
            IntegrityTag tag =
                    IntegrityTag.between(
                            LtxFiles.checksum(states.get(from)), LtxFiles.checksum(state));
            LtxHeader header = LtxFiles.header(SIZE, state.size(), from + 1, to, tag);
            return LtxFiles.write(header, pages);
        }
    }
}
