package io.litestream.ltx;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.util.Native;
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

    private Lz4Library() {}

    static LZ4Factory lz4() {
        return NATIVE ? LZ4Factory.nativeInstance() : LZ4Factory.safeInstance();
    }

    static XXHashFactory xxHash() {
        return NATIVE ? XXHashFactory.nativeInstance() : XXHashFactory.safeInstance();
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
