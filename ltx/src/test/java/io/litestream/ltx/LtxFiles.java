package io.litestream.ltx;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Makes LTX files for tests, and takes them apart.
final class LtxFiles {

    static final Instant TIME = Instant.parse("2026-03-04T05:06:07.089Z");

    private LtxFiles() {}

    static LtxHeader header(int pageSize, long pageCount, long first, long last) {
        return header(pageSize, pageCount, first, last, IntegrityTag.NONE);
    }

    static LtxHeader header(int pageSize, long pageCount, long first, long last, IntegrityTag tag) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        WalOrigin wal = new WalOrigin(32, 4120, 0x8000_0001L, 0xFFFF_FFFFL);
        return new LtxHeader(pageSize, pageCount, range, TIME, wal, -7, tag);
    }

    static byte[] write(LtxHeader header, Map<Long, byte[]> pages) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(out, header);
        for (Map.Entry<Long, byte[]> page : new TreeMap<>(pages).entrySet()) {
            encoder.page(page.getKey(), page.getValue());
        }
        encoder.finish();
        return out.toByteArray();
    }

    static LtxDecoder open(byte[] file) throws IOException {
        return open(file, "test.ltx");
    }

    static LtxDecoder open(byte[] file, String name) throws IOException {
        return new LtxDecoder(new ByteArrayInputStream(file), name);
    }

    static SortedMap<Long, byte[]> read(byte[] file) throws IOException {
        return read(new ByteArrayInputStream(file));
    }

    static SortedMap<Long, byte[]> read(InputStream file) throws IOException {
        try (LtxDecoder decoder = new LtxDecoder(file, "test.ltx")) {
            return read(decoder);
        }
    }

    static SortedMap<Long, byte[]> read(LtxDecoder decoder) throws IOException {
        SortedMap<Long, byte[]> pages = new TreeMap<>();
        while (decoder.next()) {
            pages.put(decoder.pageNumber(), decoder.page().clone());
        }
        return pages;
    }

    static PageIndex.ByteRange range(byte[] file) {
        return (offset, length) ->
                Arrays.copyOfRange(file, (int) offset, Math.addExact((int) offset, length));
    }

    /// A page that compresses somewhat, like most.
    static byte[] page(RandomGenerator random, int pageSize) {
        byte[] page = new byte[pageSize];
        random.nextBytes(page);
        int zerosFrom = random.nextInt(pageSize);
        Arrays.fill(page, zerosFrom, zerosFrom + random.nextInt(pageSize - zerosFrom), (byte) 0);
        return page;
    }

    static Checksum checksum(Map<Long, byte[]> database) {
        Checksum checksum = Checksum.EMPTY;
        for (Map.Entry<Long, byte[]> page : database.entrySet()) {
            checksum = checksum.with(PageHash.of(page.getKey(), page.getValue()));
        }
        return checksum;
    }

    static IntegrityTag tag(@Nullable Checksum pre, @Nullable Checksum post) {
        return new IntegrityTag(Optional.ofNullable(pre), Optional.ofNullable(post));
    }

    static byte[] golden(String path) throws IOException {
        try (InputStream in = LtxFiles.class.getResourceAsStream("/golden/" + path)) {
            if (in == null) {
                throw new IOException("no test resource golden/" + path);
            }
            return in.readAllBytes();
        }
    }
}
