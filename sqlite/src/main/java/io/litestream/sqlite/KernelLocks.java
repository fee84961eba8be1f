package io.litestream.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The POSIX byte-range locks that processes hold on files, from the kernel's lock table.
///
/// On a `-shm` file SQLite locks byte 120 to write, 121 to checkpoint, 122 to recover, 123 + i to
/// read under read mark i (0 to 4), and holds byte 128 while it is connected.
public final class KernelLocks {

    private static final Path TABLE = Path.of("/proc/locks");
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

    private final List<Entry> entries;

    /// Whether a lock is shared or exclusive.
    public enum Kind {
        /// Shared.
        READ,
        /// Exclusive.
        WRITE
    }

    /// One lock.
    ///
    /// @param pid the process, as this process's PID namespace numbers it; -1 if the lock belongs
    ///   to an open file and not to a process
    /// @param firstByte the first locked byte
    /// @param lastByte the last locked byte; `Long.MAX_VALUE` if the lock has no end
    public record Lock(long pid, Kind kind, long firstByte, long lastByte) {

        /// Whether one of the bytes from `first` to `last` is locked.
        public boolean covers(long first, long last) {
            return firstByte <= last && first <= lastByte;
        }
    }

    private record Entry(long device, long inode, Lock lock) {}

    private KernelLocks(List<Entry> entries) {
        this.entries = entries;
    }

    /// Reads the table as it is now.
    public static KernelLocks read() throws IOException {
        return parse(Files.readAllLines(TABLE));
    }

    /// Whether the table shows every process's locks. Inside a PID namespace the kernel hides those
    /// of the processes outside it.
    public static boolean seesAllProcesses() {
        try {
            return Files.readSymbolicLink(PID_NAMESPACE).toString().equals(INITIAL_PID_NAMESPACE);
        } catch (IOException _) {
            return false;
        }
    }

    static KernelLocks parse(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        for (String line : lines) {
            entry(line.trim().split("\\s+")).ifPresent(entries::add);
        }
        return new KernelLocks(List.copyOf(entries));
    }

    /// Reads `1: POSIX ADVISORY READ 8802 fe:00:9978893 124 124`: the device is major and minor
    /// number in hexadecimal, the inode is decimal. Skips requests that wait (`->`) and locks of
    /// other kinds.
    private static Optional<Entry> entry(String[] words) {
        if (words.length != 8 || !(words[1].equals("POSIX") || words[1].equals("OFDLCK"))) {
            return Optional.empty();
        }
        String[] file = words[5].split(":", -1);
        Optional<Kind> kind = kind(words[3]);
        if (file.length != 3 || kind.isEmpty()) {
            return Optional.empty();
        }
        long last = words[7].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(words[7]);
        Lock lock = new Lock(Long.parseLong(words[4]), kind.get(), Long.parseLong(words[6]), last);
        long device = device(Long.parseLong(file[0], 16), Long.parseLong(file[1], 16));
        return Optional.of(new Entry(device, Long.parseUnsignedLong(file[2]), lock));
    }

    private static Optional<Kind> kind(String word) {
        return switch (word) {
            case "READ" -> Optional.of(Kind.READ);
            case "WRITE" -> Optional.of(Kind.WRITE);
            default -> Optional.empty();
        };
    }

    /// Joins a device's numbers as `stat` does.
    private static long device(long major, long minor) {
        return (minor & 0xff)
                | (major & 0xfff) << 8
                | (minor & ~0xffL) << 12
                | (major & ~0xfffL) << 32;
    }

    /// Returns the locks on a file, of this process too.
    ///
    /// Some file systems (Btrfs, overlays) show one device here and another to `stat`. So where
    /// nothing fits both device and inode, the inode decides alone: better a lock too many.
    public List<Lock> on(FileStat file) {
        List<Lock> exact =
                entries.stream()
                        .filter(e -> e.inode == file.inode() && e.device == file.device())
                        .map(Entry::lock)
                        .toList();
        return exact.isEmpty()
                ? entries.stream().filter(e -> e.inode == file.inode()).map(Entry::lock).toList()
                : exact;
    }
}
