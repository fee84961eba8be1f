package io.litestream.storage.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The checksum by which stores compare what comes with what was sent, and often name a content. It
/// protects against accidents, not against people.
final class Md5 {

    private Md5() {}

    static byte[] of(byte[] bytes, int offset, int length) {
        try {
            MessageDigest hash = MessageDigest.getInstance("MD5");
            hash.update(bytes, offset, length);
            return hash.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
