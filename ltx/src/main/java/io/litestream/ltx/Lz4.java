package io.litestream.ltx;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;

/// LZ4 blocks, and the hash that LZ4 frames use.
final class Lz4 {

    private static final LZ4Factory FACTORY = Lz4Library.lz4();
    private static final LZ4Compressor COMPRESSOR = FACTORY.fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR = FACTORY.safeDecompressor();
    private static final XXHash32 XXH32 = Lz4Library.xxHash().hash32();

    private Lz4() {}

    /// Returns the size that the block of so many bytes never exceeds.
    static int maxBlockSize(int length) {
        return COMPRESSOR.maxCompressedLength(length);
    }

    /// Writes the block of the bytes, and returns its size.
    static int compress(byte[] from, int fromOffset, int length, byte[] to, int toOffset) {
        return COMPRESSOR.compress(from, fromOffset, length, to, toOffset, to.length - toOffset);
    }

    /// Decodes a block to the end of `to`, and returns how many bytes that gave, or −1 if the block
    /// is damaged or does not fit.
    static int decompress(byte[] from, int fromOffset, int length, byte[] to, int toOffset) {
        try {
            return DECOMPRESSOR.decompress(
                    from, fromOffset, length, to, toOffset, to.length - toOffset);
        } catch (LZ4Exception damaged) {
            return -1;
        }
    }

    static int hash32(byte[] bytes, int offset, int length) {
        return XXH32.hash(bytes, offset, length, 0);
    }
}
