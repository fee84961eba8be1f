package io.litestream.storage.s3;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/// The bytes of an upload, in the array where they were collected. For one thread at a time.
final class Buffer {

    private final byte[] bytes;
    private final int length;
    private byte @Nullable [] md5;

    Buffer(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    int length() {
        return length;
    }

    byte[] array() {
        return bytes;
    }

    byte[] md5() {
        byte[] known = md5;
        if (known == null) {
            known = Md5.of(bytes, 0, length);
            md5 = known;
        }
        return known;
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes, 0, length);
    }
}
