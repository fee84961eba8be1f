package io.litestream.engine;

import java.io.IOException;
import java.nio.file.Path;

/// A database that was in a rollback journal mode is in WAL mode. It is to be opened anew.
@SuppressWarnings("serial") // never serialized
final class SwitchedToWal extends IOException {

    SwitchedToWal(Path database) {
        super(database + " was just switched to WAL mode; looking again");
    }
}
