package io.litestream.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The `file:` URI by which SQLite opens a path, whatever characters are in it.
///
/// See <https://sqlite.org/uri.html>.
final class FileUri {

    private static final String PLAIN =
            "/._-~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private FileUri() {}

    static String of(String path) {
        StringBuilder uri = new StringBuilder("file:");
        for (byte b : path.getBytes(UTF_8)) {
            if (PLAIN.indexOf(b) >= 0) {
                uri.append((char) b);
            } else {
                uri.append("%%%02X".formatted(Byte.toUnsignedInt(b)));
            }
        }
        return uri.toString();
    }
}
