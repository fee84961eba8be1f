package io.litestream.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The bytes of a WAL in a test's hands, as they are at one moment. Written apart from the code
/// under test, after SQLite's specification.
final class RawWal {

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;

    private final Path path;
    private final ByteBuffer bytes;

    private RawWal(Path path, byte[] bytes) {
        this.path = path;
        this.bytes = ByteBuffer.wrap(bytes);
    }

    static RawWal read(Path wal) throws IOException {
        return new RawWal(wal, Files.readAllBytes(wal));
    }

    /// Reads the header alone, of a WAL that may be large.
    static RawWal header(Path wal) throws IOException {
        try (InputStream in = Files.newInputStream(wal)) {
            return new RawWal(wal, in.readNBytes(HEADER));
        }
    }

    int sequence() {
        return bytes.getInt(12);
    }

    int salt1() {
        return bytes.getInt(16);
    }

    long salts() {
        return bytes.getLong(16);
    }

    /// Returns how many frames are committed, if salts and checksums alone decide.
    int committedByChecksums() {
        int committed = 0;
        int[] sum = {bytes.getInt(24), bytes.getInt(28)};
        for (int i = 0; offset(i + 1) <= bytes.capacity(); i++) {
            sum = frameSum(bytes, offset(i), sum);
            boolean right =
                    bytes.getLong(offset(i) + 8) == salts()
                            && bytes.getInt(offset(i) + 16) == sum[0]
                            && bytes.getInt(offset(i) + 20) == sum[1];
            if (!right) {
                break;
            }
            committed = bytes.getInt(offset(i) + 4) != 0 ? i + 1 : committed;
        }
        return committed;
    }

    /// Writes a whole transaction after the valid frames, as a writer leaves it that dies before it
    /// has counted its frames. Each changes the page of the last valid frame, and ends with `mark`.
    void plantPhantom(int validFrames, int frames, String mark) throws IOException {
        int last = offset(validFrames - 1);
        int[] sum = {bytes.getInt(last + 16), bytes.getInt(last + 20)};
        ByteBuffer planted = ByteBuffer.allocate(frames * (FRAME_HEADER + pageSize()));
        for (int i = 0; i < frames; i++) {
            int at = planted.position();
            int commit = i == frames - 1 ? bytes.getInt(last + 4) : 0;
            planted.putInt(bytes.getInt(last)).putInt(commit).putLong(salts()).putLong(0);
            byte[] image =
                    Arrays.copyOfRange(bytes.array(), last + FRAME_HEADER, offset(validFrames));
            byte[] text = (mark + i).getBytes(US_ASCII);
            System.arraycopy(text, 0, image, image.length - text.length, text.length);
            planted.put(image);
            sum = frameSum(planted, at, sum);
            planted.putInt(at + 16, sum[0]).putInt(at + 20, sum[1]);
        }
        try (FileChannel wal = FileChannel.open(path, StandardOpenOption.WRITE)) {
            wal.write(planted.flip(), offset(validFrames));
        }
    }

    private int pageSize() {
        return bytes.getInt(8);
    }

    private int offset(int frame) {
        return HEADER + frame * (FRAME_HEADER + pageSize());
    }

    private int[] frameSum(ByteBuffer of, int at, int[] before) {
        int[] sum = sum(of, at, 8, before);
        return sum(of, at + FRAME_HEADER, pageSize(), sum);
    }

    private int[] sum(ByteBuffer of, int from, int length, int[] before) {
        boolean big = bytes.getInt(0) == 0x377f0683;
        ByteBuffer words =
                of.duplicate().clear().order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int[] sum = before.clone();
        for (int at = from; at < from + length; at += 8) {
            sum[0] += words.getInt(at) + sum[1];
            sum[1] += words.getInt(at + 4) + sum[0];
        }
        return sum;
    }
}
