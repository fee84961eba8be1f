package io.litestream.replica.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Txid;
import io.litestream.replica.Replica;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The pins of a replica. Each is an object `_ctl/pins/<name>` below the replica's path:
///
/// ```
/// txid 000000000000002a
/// created 2026-06-17T12:30:00Z
/// ```
///
/// Lines that begin otherwise are left for later versions. After each change the object
/// `_ctl/pins-changed` gets another content, so that [WatchedPins] need not list.
///
/// Its methods block and make one attempt.
public final class Pins {

    private static final ObjectKey PREFIX = ObjectKey.of("_ctl", "pins");
    private static final ObjectKey MARK = ObjectKey.of("_ctl", "pins-changed");
    private static final int LISTED_AT_ONCE = 1_000;
    private static final int MOST_BYTES = 4_096;
    private static final Pattern LINE = Pattern.compile("(?m)^(txid|created) (\\S+)$");

    private final Replica replica;

    public Pins(Replica replica) {
        this.replica = replica;
    }

    /// Returns all pins, by name.
    ///
    /// @throws CorruptFileException if an object among them is no pin: nobody can say then which
    ///   point is to be kept
    public List<Pin> list() throws IOException {
        List<Pin> pins = new ArrayList<>();
        String after = "";
        while (true) {
            List<ObjectInfo> page = replica.store().list(PREFIX, after, LISTED_AT_ONCE);
            for (ObjectInfo object : page) {
                find(object.key()).ifPresent(pins::add);
            }
            if (page.size() < LISTED_AT_ONCE) {
                return pins;
            }
            after = page.getLast().key().value().substring(PREFIX.value().length() + 1);
        }
    }

    /// Returns a pin, or nothing if there is none of this name.
    public Optional<Pin> find(String name) throws IOException {
        return find(PREFIX.resolve(Pin.requireName(name)));
    }

    private Optional<Pin> find(ObjectKey key) throws IOException {
        try (InputStream in = replica.store().open(key, 0, MOST_BYTES)) {
            return Optional.of(decode(key, new String(in.readAllBytes(), UTF_8)));
        } catch (StorageException.NotFound e) {
            return Optional.empty();
        }
    }

    /// Returns what was noted at the last change of the pins, or nothing if there was none.
    Optional<String> mark() throws IOException {
        try (InputStream in = replica.store().open(MARK, 0, MOST_BYTES)) {
            return Optional.of(new String(in.readAllBytes(), UTF_8));
        } catch (StorageException.NotFound e) {
            return Optional.empty();
        }
    }

    private void mark(String change, String name, Instant now) throws IOException {
        byte[] content = "%s %s %s\n".formatted(change, name, now).getBytes(UTF_8);
        replica.store().replace(MARK, now, out -> out.write(content));
    }

    /// Stores a pin. If there is one with this name and point, that is a success.
    ///
    /// @throws StorageException.Conflict if there is one with this name and another point
    /// @throws IOException if it was not stored, or is not seen by everybody yet: repeat it
    public void create(Pin pin) throws IOException {
        ObjectKey key = PREFIX.resolve(pin.name());
        try {
            byte[] content =
                    "txid %s\ncreated %s\n".formatted(pin.txid(), pin.created()).getBytes(UTF_8);
            replica.store().create(key, pin.created(), out -> out.write(content));
        } catch (StorageException.Conflict e) {
            if (find(key).filter(other -> other.txid().equals(pin.txid())).isEmpty()) {
                throw e;
            }
        }
        mark("pinned", pin.name(), pin.created());
    }

    /// Deletes a pin. If there is none of this name, that is a success.
    public void delete(String name, Instant now) throws IOException {
        replica.store().delete(PREFIX.resolve(Pin.requireName(name)));
        mark("unpinned", name, now);
    }

    private static Pin decode(ObjectKey key, String text) throws CorruptFileException {
        try {
            return new Pin(
                    key.name(),
                    Txid.parse(value("txid", text)),
                    Instant.parse(value("created", text)));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new CorruptFileException(
                    key.value(), 0, "a pin, with lines for txid and created", "\"" + text + "\"");
        }
    }

    private static String value(String name, String text) {
        Matcher lines = LINE.matcher(text);
        while (lines.find()) {
            if (lines.group(1).equals(name)) {
                return lines.group(2);
            }
        }
        throw new IllegalArgumentException("no " + name);
    }
}
