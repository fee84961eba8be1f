package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// Bounds how many databases are open at once: each takes a dozen descriptors and half a megabyte.
///
/// Who finds no place waits in line, and meanwhile those that are open [rest early][#restAfter]. If
/// nobody leaves, the first in line gets a place all the same: a database that is written without a
/// pause never leaves, and that must not keep another one out.
final class OpenPlaces {

    /// How long the first in line waits if nobody leaves.
    private static final Duration PATIENCE = Duration.ofMillis(100);

    /// After how long without a write a place is given up for another database.
    private static final Duration EARLY = Duration.ofMillis(300);

    private final int places;
    private final Scheduler scheduler;

    @GuardedBy("this")
    private int taken;

    @GuardedBy("this")
    private final SequencedMap<Object, Runnable> line = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Set<Object> called = new HashSet<>(); // they have a place, but do not know yet

    @GuardedBy("this")
    private boolean watched; // somebody will look at the line

    @GuardedBy("this")
    private boolean moved; // somebody left since the last look at the line

    private volatile boolean wanted;

    OpenPlaces(int places, Scheduler scheduler) {
        this.places = places;
        this.scheduler = scheduler;
    }

    /// Takes a place, and says whether there was one. If not, `call` runs when it can be taken.
    synchronized boolean take(Object who, Runnable call) {
        if (called.remove(who)) {
            return true;
        }
        if (line.isEmpty() && taken < places) {
            taken++;
            return true;
        }
        line.putIfAbsent(who, call);
        wanted = true;
        watch();
        return false;
    }

    /// Gives a place back.
    void leave() {
        Optional<Runnable> next;
        synchronized (this) {
            taken--;
            moved = true;
            next = taken < places ? callNext() : Optional.empty();
        }
        next.ifPresent(Runnable::run);
    }

    /// Waits no longer, and gives back a place that was not taken yet.
    void forget(Object who) {
        boolean had;
        synchronized (this) {
            line.remove(who);
            had = called.remove(who);
            wanted = !line.isEmpty();
        }
        if (had) {
            leave();
        }
    }

    /// Returns after how long without a write a database is to be closed.
    ///
    /// @param usual where nobody waits
    Duration restAfter(Duration usual) {
        return wanted && usual.compareTo(EARLY) > 0 ? EARLY : usual;
    }

    private void lookAtLine() {
        Optional<Runnable> next;
        synchronized (this) {
            next = moved ? Optional.empty() : callNext();
            moved = false;
            watched = false;
            watch();
        }
        next.ifPresent(Runnable::run);
    }

    @GuardedBy("this")
    private void watch() {
        if (!watched && !line.isEmpty()) {
            watched = true;
            scheduler.after(PATIENCE, this::lookAtLine);
        }
    }

    @GuardedBy("this")
    private Optional<Runnable> callNext() {
        Map.Entry<Object, Runnable> first = line.pollFirstEntry();
        if (first == null) {
            return Optional.empty();
        }
        called.add(first.getKey());
        taken++;
        wanted = !line.isEmpty();
        return Optional.of(first.getValue());
    }
}
