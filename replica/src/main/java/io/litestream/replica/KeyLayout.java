package io.litestream.replica;

import io.litestream.ltx.TxidRange;
import io.litestream.storage.ObjectKey;

import java.util.Locale;

/// How the keys of a replica are made, below the replica's own path.
public enum KeyLayout {
    /// `ltx/<level>/<first>-<last>.ltx`: every kind of store but those of [#HEX].
    PLAIN {
        @Override
        public ObjectKey levelPrefix(Level level) {
            return ObjectKey.of("ltx", level.toString());
        }
    },

    /// `<level as four hexadecimal digits>/<first>-<last>.ltx`: S3 and OSS.
    HEX {
        @Override
        public ObjectKey levelPrefix(Level level) {
            return ObjectKey.of(String.format(Locale.ROOT, "%04x", level.number()));
        }
    };

    /// Returns what the keys of a level have in front of the file name.
    public abstract ObjectKey levelPrefix(Level level);

    /// Returns the key of the file that covers this range at this level.
    public ObjectKey key(Level level, TxidRange range) {
        return levelPrefix(level).resolve(range.fileName());
    }
}
