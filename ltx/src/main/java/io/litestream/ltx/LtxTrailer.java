package io.litestream.ltx;

import java.util.HexFormat;

/// The last 16 bytes of an LTX file. Both fields are big-endian.
///
/// | Offset | Size | Field         | Meaning                                                     |
/// |-------:|-----:|---------------|-------------------------------------------------------------|
/// |      0 |    8 | post-apply    | the format's own checksum of the database, 0                |
/// |      8 |    8 | file checksum | CRC-64/ISO with the top bit set, of the pages as they were  |
/// |        |      |               | before compression and of all else, up to this field        |
///
/// @param postApply the format's own checksum of the database; 0, as the header's flags promise
/// @param fileChecksum what proves the file
public record LtxTrailer(long postApply, long fileChecksum) {

    static final int SIZE = 16;
    static final int FILE_CHECKSUM_OFFSET = 8;

    private static final long CHECKSUM_BIT = 1L << 63;

    /// Returns what a file has as its checksum when the CRC of its content is this.
    static long fileChecksum(long crc) {
        return crc | CHECKSUM_BIT;
    }

    @Override
    public String toString() {
        return "post-apply %s, file checksum %s"
                .formatted(
                        HexFormat.of().toHexDigits(postApply),
                        HexFormat.of().toHexDigits(fileChecksum));
    }
}
