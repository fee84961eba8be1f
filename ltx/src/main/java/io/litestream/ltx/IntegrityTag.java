package io.litestream.ltx;

import java.nio.ByteBuffer;
import java.util.Optional;

/// What a file says of the database before and after it, in the part of the header that the format
/// reserves. Other programs ignore it, and zero it when they compact. Big-endian:
///
/// | Offset | Size | Field      | Meaning                                                       |
/// |-------:|-----:|------------|---------------------------------------------------------------|
/// |     80 |    8 | post-apply | [Checksum] of the database after the file is applied           |
/// |     88 |    8 | pre-apply  | [Checksum] of the database before it                           |
/// |     96 |    2 | magic      | `0x4C4A`; anything else: there is no tag                       |
/// |     98 |    1 | version    | 1; anything else: not for this reader, as if there were no tag |
/// |     99 |    1 | flags      | bit 0: post-apply is known; bit 1: pre-apply is known          |
public record IntegrityTag(Optional<Checksum> preApply, Optional<Checksum> postApply) {

    /// The tag that says nothing, as in files of other programs.
    public static final IntegrityTag NONE = new IntegrityTag(Optional.empty(), Optional.empty());

    static final int OFFSET = 80;
    static final int PRE_APPLY_OFFSET = 88;

    private static final int MAGIC_OFFSET = 96;
    private static final int VERSION_OFFSET = 98;
    private static final int FLAGS_OFFSET = 99;
    private static final short MAGIC = 0x4C4A;
    private static final byte VERSION = 1;
    private static final int POST_APPLY_KNOWN = 1;
    private static final int PRE_APPLY_KNOWN = 1 << 1;

    /// Returns the tag of a file after which the database has this checksum, whatever was before.
    public static IntegrityTag after(Checksum postApply) {
        return new IntegrityTag(Optional.empty(), Optional.of(postApply));
    }

    /// Returns the tag of a file that leads from one checksum to another.
    public static IntegrityTag between(Checksum preApply, Checksum postApply) {
        return new IntegrityTag(Optional.of(preApply), Optional.of(postApply));
    }

    /// Says whether a file with tag `next` may follow at once: nothing known contradicts it.
    public boolean joins(IntegrityTag next) {
        return postApply.isEmpty() || next.preApply.isEmpty() || postApply.equals(next.preApply);
    }

    /// Says whether the database is known to have this checksum after the file.
    boolean leadsTo(Checksum database) {
        return postApply.isPresent() && postApply.get().equals(database);
    }

    void write(ByteBuffer header) {
        if (equals(NONE)) {
            return;
        }
        header.putLong(OFFSET, postApply.orElse(Checksum.EMPTY).value());
        header.putLong(PRE_APPLY_OFFSET, preApply.orElse(Checksum.EMPTY).value());
        header.putShort(MAGIC_OFFSET, MAGIC);
        header.put(VERSION_OFFSET, VERSION);
        int flags =
                (postApply.isPresent() ? POST_APPLY_KNOWN : 0)
                        | (preApply.isPresent() ? PRE_APPLY_KNOWN : 0);
        header.put(FLAGS_OFFSET, (byte) flags);
    }

    static IntegrityTag read(ByteBuffer header) {
        if (header.getShort(MAGIC_OFFSET) != MAGIC || header.get(VERSION_OFFSET) != VERSION) {
            return NONE;
        }
        int flags = header.get(FLAGS_OFFSET);
        return new IntegrityTag(
                known(flags & PRE_APPLY_KNOWN, header.getLong(PRE_APPLY_OFFSET)),
                known(flags & POST_APPLY_KNOWN, header.getLong(OFFSET)));
    }

    private static Optional<Checksum> known(int flag, long value) {
        return flag == 0 ? Optional.empty() : Optional.of(new Checksum(value));
    }
}
