package io.litestream.sqlite;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The first 100 bytes of a database file, as far as they concern replication. All fields are
/// big-endian and unsigned.
///
/// | Offset | Size | Field             | Meaning                                                |
/// |-------:|-----:|-------------------|--------------------------------------------------------|
/// |      0 |   16 | magic             | `SQLite format 3` and a zero byte                      |
/// |     16 |    2 | page size         | a power of two from 512 to 32768, or 1 for 65536       |
/// |     18 |    1 | write version     | 1 for a rollback journal, 2 for a WAL                  |
/// |     19 |    1 | read version      | the same; SQLite opens a WAL if this one is 2          |
/// |     20 |    1 | reserved          | unused bytes at the end of each page                   |
/// |     21 |    3 | payload fractions | 64, 32, 32                                             |
/// |     24 |    4 | change counter    | counts the transactions of a rollback journal          |
/// |     28 |    4 | page count        | the size of the database in pages                      |
/// |     92 |    4 | valid for         | the change counter for which the page count was stored |
///
/// Specified by <https://sqlite.org/fileformat2.html#the_database_header>, section 1.3.
///
/// @param pageCount the page count that the header holds, or 0 if it is not valid for the change
///   counter. In WAL mode the file's own header is as old as the last checkpoint.
public record DatabaseHeader(
        int pageSize, JournalFormat journalFormat, long pageCount, long changeCounter) {

    /// The length of the header in bytes.
    public static final int SIZE = 100;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(US_ASCII);
    private static final byte[] PAYLOAD_FRACTIONS = {64, 32, 32};
    private static final int LEAST_USABLE_SIZE = 480;

    public DatabaseHeader {
        PageSize.check(pageSize);
    }

    /// Reads the header of the file called `name`, by the same tests as SQLite.
    ///
    /// @param bytes at least the first 100 bytes of the file, or all of a shorter file
    /// @throws SqliteException.NotADatabase if SQLite would not take this for a database
    public static DatabaseHeader parse(byte[] bytes, String name)
            throws SqliteException.NotADatabase {
        if (bytes.length < SIZE) {
            throw reject(name, "a header of 100 bytes", bytes.length + " bytes");
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw reject(name, "'SQLite format 3' at the start", "other bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int pageSize = pageSize(header, name);
        JournalFormat format = journalFormat(header, name);
        if (!Arrays.equals(bytes, 21, 24, PAYLOAD_FRACTIONS, 0, 3)) {
            throw reject(name, "payload fractions 64, 32, 32", "others");
        }
        long changeCounter = Integer.toUnsignedLong(header.getInt(24));
        boolean valid = header.getInt(24) == header.getInt(92);
        long pageCount = valid ? Integer.toUnsignedLong(header.getInt(28)) : 0;
        return new DatabaseHeader(pageSize, format, pageCount, changeCounter);
    }

    private static int pageSize(ByteBuffer header, String name)
            throws SqliteException.NotADatabase {
        int stored = Short.toUnsignedInt(header.getShort(16));
        int pageSize = stored == 1 ? PageSize.LARGEST : stored;
        if (!PageSize.isValid(pageSize)) {
            throw reject(name, "a page size that is a power of two", stored + "");
        }
        int reserved = Byte.toUnsignedInt(header.get(20));
        if (pageSize - reserved < LEAST_USABLE_SIZE) {
            throw reject(name, "at least 480 usable bytes a page", pageSize - reserved + "");
        }
        return pageSize;
    }

    private static JournalFormat journalFormat(ByteBuffer header, String name)
            throws SqliteException.NotADatabase {
        int readVersion = Byte.toUnsignedInt(header.get(19));
        if (readVersion > 2) {
            throw reject(name, "a read version of at most 2", readVersion + "");
        }
        return readVersion == 2 ? JournalFormat.WAL : JournalFormat.ROLLBACK;
    }

    private static SqliteException.NotADatabase reject(String name, String expected, String found) {
        return new SqliteException.NotADatabase(
                "%s is not a database, or it is encrypted: expected %s, found %s"
                        .formatted(name, expected, found));
    }
}
