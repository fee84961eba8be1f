package io.litestream.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// The checksum that runs through a WAL: each frame's continues the one of the frame before it, and
/// the first frame's that of the WAL's header.
///
/// Specified by <https://sqlite.org/fileformat2.html#checksum_algorithm>, section 4.2.
public record WalChecksum(int first, int second) {

    /// Where a WAL's header starts from.
    public static final WalChecksum ZERO = new WalChecksum(0, 0);

    private static final VarHandle BIG =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// Returns this checksum continued over `length` bytes, read as integers of the given order.
    ///
    /// @throws IllegalArgumentException if `length` is not a multiple of 8
    public WalChecksum over(byte[] bytes, int offset, int length, ByteOrder order) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length % 8 != 0) {
            throw new IllegalArgumentException("length " + length + " is not a multiple of 8");
        }
        return order == ByteOrder.BIG_ENDIAN
                ? overBig(bytes, offset, offset + length)
                : overLittle(bytes, offset, offset + length);
    }

    // The two loops are alike but for the handle, which must be a constant to be compiled well.

    private WalChecksum overBig(byte[] bytes, int from, int to) {
        int a = first;
        int b = second;
        for (int i = from; i < to; i += 8) {
            a += (int) BIG.get(bytes, i) + b;
            b += (int) BIG.get(bytes, i + 4) + a;
        }
        return new WalChecksum(a, b);
    }

    private WalChecksum overLittle(byte[] bytes, int from, int to) {
        int a = first;
        int b = second;
        for (int i = from; i < to; i += 8) {
            a += (int) LITTLE.get(bytes, i) + b;
            b += (int) LITTLE.get(bytes, i + 4) + a;
        }
        return new WalChecksum(a, b);
    }

    @Override
    public String toString() {
        return "%08x-%08x".formatted(first, second);
    }
}
