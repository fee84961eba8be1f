package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

class LtxGoldenTest {

    @ParameterizedTest
    @CsvFileSource(resources = "/golden/files.csv", numLinesToSkip = 1)
    void readsWhatTheOriginalWrote(ArgumentsAccessor row) throws Exception {
        LtxDecoder decoder = LtxFiles.open(file(row));
        int pages = LtxFiles.read(decoder).size();

        LtxHeader header = decoder.header();
        assertThat(header.pageSize()).isEqualTo(row.getInteger(4));
        assertThat(header.pageCount()).isEqualTo(row.getLong(5));
        assertThat(header.range()).isEqualTo(range(row));
        assertThat(header.timestamp()).isEqualTo(Instant.ofEpochMilli(row.getLong(7)));
        assertThat(header.wal()).isEqualTo(wal(row));
        assertThat(header.nodeId()).isZero();
        assertThat(header.tag()).isEqualTo(IntegrityTag.NONE);
        assertThat(pages).isEqualTo(row.getInteger(6));
        assertThat(decoder.trailer())
                .isEqualTo(new LtxTrailer(0, HexFormat.fromHexDigitsToLong(row.getString(11))));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/golden/files.csv", numLinesToSkip = 1)
    void writesTheSameHeaderAndPages(ArgumentsAccessor row) throws Exception {
        byte[] original = file(row);
        LtxDecoder decoder = LtxFiles.open(original);
        SortedMap<Long, byte[]> pages = LtxFiles.read(decoder);

        byte[] ours = LtxFiles.write(decoder.header(), pages);

        assertThat(Arrays.copyOf(ours, LtxHeader.SIZE))
                .isEqualTo(Arrays.copyOf(original, LtxHeader.SIZE));
        assertThat(LtxFiles.read(ours)).containsExactlyEntriesOf(pages);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/golden/files.csv", numLinesToSkip = 1)
    void findsEachPageByTheIndex(ArgumentsAccessor row) throws Exception {
        byte[] file = file(row);
        SortedMap<Long, byte[]> pages = LtxFiles.read(file);

        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));

        assertThat(index.pageNumbers().boxed()).containsExactlyElementsOf(pages.keySet());
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            PageIndex.Entry entry = index.find(page.getKey()).orElseThrow();
            byte[] decoded = new byte[row.getInteger(4)];
            PageBlock.decode("x", entry, file, (int) entry.offset(), decoded);
            assertThat(decoded).isEqualTo(page.getValue());
        }
    }

    @Test
    void mergesToThePagesThatTheOriginalMergedTo() throws Exception {
        byte[] original = LtxFiles.golden("levels/1-0000000000000006-0000000000000007.ltx");
        List<LtxDecoder> inputs = levelZero(6, 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        LtxMerge.merge(inputs, out);

        assertThat(Arrays.copyOf(out.toByteArray(), LtxHeader.SIZE))
                .isEqualTo(Arrays.copyOf(original, LtxHeader.SIZE));
        assertThat(LtxFiles.read(out.toByteArray()))
                .containsExactlyEntriesOf(LtxFiles.read(original));
    }

    @Test
    void mergesToThePagesOfTheOriginalsSnapshot() throws Exception {
        byte[] original = LtxFiles.golden("levels/9-0000000000000001-0000000000000004.ltx");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        LtxMerge.merge(levelZero(1, 4), out);

        assertThat(LtxFiles.read(out.toByteArray()))
                .containsExactlyEntriesOf(LtxFiles.read(original));
    }

    @Test
    void readsTheSamePagesInBothEncodings() throws Exception {
        String name = "0-0000000000000001-0000000000000001.ltx";
        SortedMap<Long, byte[]> blocks = LtxFiles.read(LtxFiles.golden("basic-4096/" + name));
        SortedMap<Long, byte[]> frames = LtxFiles.read(LtxFiles.golden("legacy-frames/" + name));

        assertThat(frames).hasSize(7).containsExactlyEntriesOf(blocks);
        assertThat(new String(frames.get(1L), 0, 15, US_ASCII)).isEqualTo("SQLite format 3");
    }

    private static List<LtxDecoder> levelZero(long first, long last) throws IOException {
        List<LtxDecoder> files = new ArrayList<>();
        for (long txid = first; txid <= last; txid++) {
            String name = "levels/0-" + TxidRange.of(new Txid(txid)).fileName();
            files.add(LtxFiles.open(LtxFiles.golden(name), name));
        }
        return files;
    }

    private static byte[] file(ArgumentsAccessor row) throws IOException {
        return LtxFiles.golden(
                "%s/%s-%s".formatted(row.getString(0), row.getString(1), range(row).fileName()));
    }

    private static TxidRange range(ArgumentsAccessor row) {
        return new TxidRange(Txid.parse(row.getString(2)), Txid.parse(row.getString(3)));
    }

    private static WalOrigin wal(ArgumentsAccessor row) {
        ByteBuffer salts = ByteBuffer.wrap(HexFormat.of().parseHex(row.getString(10)));
        return new WalOrigin(
                row.getLong(8),
                row.getLong(9),
                Integer.toUnsignedLong(salts.getInt()),
                Integer.toUnsignedLong(salts.getInt()));
    }
}
