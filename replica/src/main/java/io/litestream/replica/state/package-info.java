/// What is kept beside a database, in `.<file>-litestream/`, apart from the LTX files: the table of
/// page hashes, the baseline, the mark that a restore leaves, and the lock.
package io.litestream.replica.state;
