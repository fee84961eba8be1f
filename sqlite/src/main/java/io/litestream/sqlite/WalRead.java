package io.litestream.sqlite;

/// What [WalReader] read.
///
/// @param end the position after the last commit that was read
/// @param pageCount the size in pages that this commit gives the database; 0 if no frame was read
/// @param frames how many frames were read
public record WalRead(WalPosition end, long pageCount, long frames) {

    public WalRead {
        if (frames < 0 || (frames == 0) != (pageCount == 0)) {
            throw new IllegalArgumentException(
                    "%d frames and a page count of %d do not go together"
                            .formatted(frames, pageCount));
        }
    }
}
