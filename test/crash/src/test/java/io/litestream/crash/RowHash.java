package io.litestream.crash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A hash of a row's values, types included. The sum over all rows of a table identifies its
/// content, in whatever order, and follows each change by adding and subtracting.
final class RowHash {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private RowHash() {}

    static long of(String table, Object... values) {
        long hash = bytes(ODD, table.getBytes(StandardCharsets.UTF_8));
        for (Object value : values) {
            hash =
                    switch (value) {
                        case null -> mix(hash ^ 1);
                        case Number number -> mix(mix(hash ^ 2) ^ number.longValue());
                        case String text -> bytes(hash ^ 3, text.getBytes(StandardCharsets.UTF_8));
                        case byte[] blob -> bytes(hash ^ 4, blob);
                        default -> throw new IllegalArgumentException("a " + value.getClass());
                    };
        }
        return hash;
    }

    private static long bytes(long start, byte[] bytes) {
        long hash = mix(start ^ bytes.length);
        int i = 0;
        for (; i + 8 <= bytes.length; i += 8) {
            hash = mix(hash ^ (long) LONGS.get(bytes, i));
        }
        for (; i < bytes.length; i++) {
            hash = mix(hash ^ bytes[i]);
        }
        return hash;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * ODD;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
