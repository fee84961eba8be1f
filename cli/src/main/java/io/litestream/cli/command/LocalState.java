package io.litestream.cli.command;

import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.text.ByteSize;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.state.StateDirectory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What the files beside a database tell of its replication. Nothing is opened: closing a
/// descriptor of a database would drop locks of whoever uses it in this process.
///
/// @param txid the newest transaction in the local state
/// @param walBytes the size of the WAL, if the database is there
record LocalState(Path database, Status status, Optional<Txid> txid, Optional<Long> walBytes) {

    /// What can be said of a database without asking anybody.
    enum Status {
        OK("ok"),
        NOT_INITIALIZED("not initialized"),
        NO_DATABASE("no database"),
        ERROR("error");

        private final String text;

        Status(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// Looks at the files of a database.
    static LocalState of(DatabaseConfiguration database) {
        Path path = database.path();
        if (!Files.exists(path)) {
            return new LocalState(path, Status.NO_DATABASE, Optional.empty(), Optional.empty());
        }
        Optional<Long> walBytes = Optional.of(walBytes(path));
        try {
            Optional<Txid> newest = newest(new StateDirectory(database.metaPath()).ltx0());
            return new LocalState(
                    path,
                    newest.isPresent() ? Status.OK : Status.NOT_INITIALIZED,
                    newest,
                    walBytes);
        } catch (IOException e) {
            return new LocalState(path, Status.ERROR, Optional.empty(), walBytes);
        }
    }

    /// Returns the size of the WAL for people, or a dash.
    String walSize() {
        return walBytes.map(ByteSize::format).orElse("-");
    }

    /// Returns the newest transaction as text, or a dash.
    String localTxid() {
        return txid.map(Txid::toString).orElse("-");
    }

    private static Optional<Txid> newest(Path directory) throws IOException {
        Optional<Txid> newest = Optional.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Optional<TxidRange> range = TxidRange.parseFileName(file.getFileName().toString());
                if (range.isPresent()
                        && newest.filter(known -> !range.get().last().isAfter(known)).isEmpty()) {
                    newest = Optional.of(range.get().last());
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return newest;
    }

    private static long walBytes(Path database) {
        try {
            return Files.size(database.resolveSibling(database.getFileName() + "-wal"));
        } catch (IOException e) {
            return 0;
        }
    }
}
