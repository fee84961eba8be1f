package io.litestream.replica;

import io.litestream.ltx.Txid;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A restore that did not come about, classed by what the caller can do about it. In each case the
/// output path is as it was before, and no temporary file is left.
@SuppressWarnings("serial") // never serialized
public abstract sealed class RestoreException extends IOException {

    private RestoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// The replica holds no file at all. The caller knows whether that is an error.
    public static final class NoBackup extends RestoreException {
        NoBackup() {
            super("no matching backup files available", null);
        }
    }

    /// Something is at the output path, and the request does not allow to replace it.
    public static final class OutputExists extends RestoreException {

        private OutputExists(String message) {
            super(message, null);
        }

        static OutputExists notEmpty(Path output) {
            return new OutputExists(
                    ("cannot restore, output path already exists and is not empty: %s."
                                    + " Use -force to overwrite")
                            .formatted(output));
        }

        static OutputExists sidecar(Path sidecar) {
            return new OutputExists(
                    ("cannot restore, SQLite sidecar path already exists: %s."
                                    + " Use -force to overwrite")
                            .formatted(sidecar));
        }

        static OutputExists directory(Path output) {
            return new OutputExists(
                    "cannot restore, output path is a directory: %s; name a file in it"
                            .formatted(output));
        }
    }

    /// A process has the database open that would be replaced. Stop it, or restore elsewhere.
    public static final class OutputInUse extends RestoreException {
        OutputInUse(Path output, String who) {
            super(
                    ("cannot replace %s: %s. Stop what uses it, or restore to another path, and"
                                    + " run the restore again")
                            .formatted(output, who),
                    null);
        }
    }

    /// Files that the state needs are damaged, and no others hold the same. Another replica may.
    public static final class Damaged extends RestoreException {

        private final List<String> files;

        Damaged(List<String> files, String message) {
            super(message, null);
            this.files = List.copyOf(files);
        }

        /// Returns the keys of the damaged files.
        public List<String> files() {
            return files;
        }
    }

    /// Files that the state needs are missing. Another replica may have them.
    public static final class Missing extends RestoreException {
        Missing(String replica, String what) {
            super("files are missing in %s: %s".formatted(replica, what), null);
        }

        Missing(String replica, PlanResult.Gap gap) {
            this(
                    replica,
                    "no file covers txid %s to %s; %s"
                            .formatted(
                                    gap.firstMissing(),
                                    new Txid(gap.next().value() - 1),
                                    reached(gap)));
        }

        private static String reached(PlanResult.Gap gap) {
            return gap.reached()
                    .map("have up to %s but next file starts at "::formatted)
                    .orElse("there is no snapshot to begin with, and the first file starts at ")
                    .concat(gap.next().toString());
        }
    }

    /// The replica never held this state, or holds it no longer. Others, nearby, can be had.
    public static final class NotAPoint extends RestoreException {

        private final Optional<Txid> before;
        private final Optional<Txid> after;

        NotAPoint(String message) {
            this(message, Optional.empty(), Optional.empty());
        }

        NotAPoint(String message, Optional<Txid> before, Optional<Txid> after) {
            super(message, null);
            this.before = before;
            this.after = after;
        }

        /// Returns the nearest transaction before whose state can be had.
        public Optional<Txid> before() {
            return before;
        }

        /// Returns the nearest transaction after whose state can be had.
        public Optional<Txid> after() {
            return after;
        }
    }

    /// SQLite finds the restored state damaged. It was so when it was captured, if it is proven; an
    /// older one may be sound.
    public static final class Unsound extends RestoreException {
        Unsound(List<String> findings) {
            super(
                    "post-restore integrity check: integrity check failed: "
                            + String.join("; ", findings),
                    null);
        }
    }

    /// The replica did not answer, or refused for good. Another replica may have the state.
    public static final class Unreachable extends RestoreException {
        Unreachable(String replica, IOException cause) {
            super("cannot read from %s: %s".formatted(replica, cause.getMessage()), cause);
        }
    }

    /// The machine failed: the disk is full, the path cannot be written, and the like.
    public static final class Failed extends RestoreException {
        Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
