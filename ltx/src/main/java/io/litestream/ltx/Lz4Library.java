package io.litestream.ltx;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.util.Native;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

import java.lang.System.Logger.Level;

/// The library that compresses and hashes pages: its native code, or its Java code where that
/// cannot be loaded.
///
/// The native library is taken from `java.library.path` if it is there, under the platform's name
/// for `lz4-java`. Else it is unpacked into `java.io.tmpdir`, at each start.
final class Lz4Library {

    // The library's own choice falls back to code on sun.misc.Unsafe, which the JDK warns about.

    private static final boolean NATIVE = loadNative();
    private static final LZ4Factory LZ4 =
            NATIVE ? LZ4Factory.nativeInstance() : LZ4Factory.safeInstance();
    private static final LZ4Compressor COMPRESSOR = LZ4.fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR = LZ4.safeDecompressor();
    private static final XXHashFactory XXHASH =
            NATIVE ? XXHashFactory.nativeInstance() : XXHashFactory.safeInstance();
    private static final XXHash32 XXH32 = XXHASH.hash32();
    private static final XXHash64 XXH64 = XXHASH.hash64();

    private Lz4Library() {}

    /// Returns the size that the LZ4 block of so many bytes never exceeds.
    static int maxBlockSize(int length) {
        return COMPRESSOR.maxCompressedLength(length);
    }

    /// Writes the LZ4 block of the bytes, and returns its size.
    static int compress(byte[] from, int fromOffset, int length, byte[] to, int toOffset) {
        return COMPRESSOR.compress(from, fromOffset, length, to, toOffset, to.length - toOffset);
    }

    /// Decodes an LZ4 block into the rest of `to`, and returns how many bytes that gave, or −1 if
    /// the block is damaged or does not fit.
    static int decompress(byte[] from, int fromOffset, int length, byte[] to, int toOffset) {
        try {
            return DECOMPRESSOR.decompress(
                    from, fromOffset, length, to, toOffset, to.length - toOffset);
        } catch (LZ4Exception damaged) {
            return -1;
        }
    }

    /// Returns the XXH32 of the bytes, with seed 0.
    static int hash32(byte[] bytes, int offset, int length) {
        return XXH32.hash(bytes, offset, length, 0);
    }

    /// A hash of bytes that come part by part.
    @FunctionalInterface
    interface RunningHash {

        /// Adds bytes, and returns the hash of all so far.
        int over(byte[] bytes, int offset, int length);
    }

    /// Returns an XXH32 with seed 0. It is Java code, as the native one holds memory that has to be
    /// given back.
    static RunningHash runningHash32() {
        StreamingXXHash32 hash = XXHashFactory.safeInstance().newStreamingHash32(0);
        return (bytes, offset, length) -> {
            hash.update(bytes, offset, length);
            return hash.getValue();
        };
    }

    /// Returns the XXH64 of the bytes.
    static long hash64(byte[] bytes, int offset, int length, long seed) {
        return XXH64.hash(bytes, offset, length, seed);
    }

    private static boolean loadNative() {
        try {
            Native.load();
            return true;
        } catch (LinkageError | RuntimeException failure) {
            System.getLogger(Lz4Library.class.getName())
                    .log(Level.DEBUG, "native lz4-java cannot be loaded, using Java", failure);
            return false;
        }
    }
}
