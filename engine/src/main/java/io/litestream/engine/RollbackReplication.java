package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.SqliteException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What is done in each step of a database that stays in a rollback journal mode: look, take a
/// picture if it changed and somebody needs what changed, send, rest.
///
/// Every transaction changes the file's header, which is looked at without a lock. A picture reads
/// the whole database; so that reading takes at most a tenth of a core, the next one waits nine
/// times as long as the last one took. What differs becomes one file of the line, however many
/// transactions it was. Confined to the step of its database.
final class RollbackReplication implements Replication {

    private static final int SHARE = 10;
    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BUSY_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long AWAKE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SUSPICION_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration IMAGE_RETRY = Duration.ofSeconds(30);
    private static final int MARK_PAGES = 2;
    private static final String IN_WAL_MODE =
            "the database was switched to WAL mode, and is captured from the WAL";

    private final DatabaseSettings settings;
    private final Context context;
    private final Destinations destinations;
    private final LiveReadings readings;
    private final RollbackDatabase database;
    private final LineStart starter;
    private final Claims claims;
    private final Images images;
    private Line line;
    private Stamp captured;
    private Stamp last;
    private Look lastLook;
    private long changedAt;
    private long pictureNotBefore;
    private boolean pictured; // whether a picture was taken in this step
    private final BusySpell busy;

    /// A database whose line has begun.
    ///
    /// @param captured which state of the database is at the end of the line
    record Kept(RollbackDatabase database, LineStart starter, Line line, Stamp captured) {}

    RollbackReplication(
            DatabaseSettings settings,
            Context context,
            List<Destination> destinations,
            LiveReadings readings,
            Kept kept)
            throws IOException {
        this.settings = settings;
        this.busy = new BusySpell(settings.busyTimeout(), context.clock());
        this.context = context;
        this.destinations = new Destinations(destinations);
        this.readings = readings;
        this.database = kept.database();
        this.starter = kept.starter();
        this.line = kept.line();
        this.captured = kept.captured();
        this.last = captured;
        this.claims = new Claims(settings, destinations, context);
        this.images = new Images(context, destinations, claims);
        this.lastLook = Look.at(database.file(), context.clock().instant());
        this.changedAt = now();
        this.pictureNotBefore = now();
        database.patience(PATIENCE);
        database.dropLast();
    }

    @Override
    public Txid head() {
        return line.head();
    }

    @Override
    public Next step(boolean requested) throws IOException {
        lastLook = Look.at(database.file(), context.clock().instant());
        Stamp stamp = Stamp.of(database.file());
        Optional<String> other = otherDatabase(stamp);
        if (other.isPresent()) {
            return reopen(other.get());
        }
        if (!stamp.equals(last)) {
            last = stamp;
            changedAt = now();
        }
        pictured = false;
        try {
            act(requested);
        } catch (SwitchedToWal e) {
            return reopen(IN_WAL_MODE);
        } catch (SqliteException.Busy e) {
            comeBack(e);
        } catch (ContinuityLost e) {
            throw new IOException("the database changes while it is compared: " + e.reason(), e);
        }
        return plan();
    }

    private Next reopen(String why) {
        context.events().accept(new EngineEvent.FileChanged(settings.database(), why));
        close(OpenDatabase.Ending.LEAVE_WAL);
        return new Next(Then.REOPEN, lastLook, false, now(), now(), Optional.empty());
    }

    /// Writers may keep the database for as long as the settings say, before that is reported.
    private void comeBack(SqliteException.Busy refusal) throws SqliteException.Busy {
        if (busy.isTooLong()) {
            throw refusal;
        }
        pictureNotBefore = now() + AGAIN_NANOS;
    }

    private Optional<String> otherDatabase(Stamp stamp) {
        DatabaseFile file = database.file();
        if (!stamp.file().exists()) {
            return Optional.of("the file was deleted; replication waits for a new one");
        }
        if (!stamp.file().sameFile(file.openedAs())) {
            return Optional.of("the file was replaced");
        }
        return stamp.isWal() ? Optional.of(IN_WAL_MODE) : Optional.empty();
    }

    private void act(boolean requested) throws IOException, ContinuityLost {
        Optional<Destination> ahead = destinations.ahead(head());
        if (ahead.isPresent()) {
            jumpPast(ahead.get());
        }
        if (requested) {
            images.hurry();
        }
        // Before a picture of the differences alone, which puts off the next one: while writers
        // make no pause, that would always come first.
        images.start(line, this::image);
        answerReadings();
        capture(requested);
        send();
    }

    private void capture(boolean requested) throws IOException, ContinuityLost {
        if (!isPending()) {
            line.spool().noteCaptured();
            line.settled(lookAt(captured, lastLook.taken()), true);
            return;
        }
        line.spool().noteUncaptured(context.clock().instant());
        boolean due =
                now() - pictureNotBefore >= 0 && (requested || destinations.isAnyReady(now()));
        if (due && !isSuspect()) {
            take(Picture.Keep.DIFFERENCES, Need.DIFFERENCE).close();
        }
    }

    private boolean isPending() {
        return !last.equals(captured);
    }

    /// Says whether something other than SQLite may be writing to the file just now.
    private boolean isSuspect() {
        return !last.follows(captured) && now() - changedAt < SUSPICION_NANOS;
    }

    /// What makes a file of the line necessary.
    private enum Need {
        DIFFERENCE,
        /// A slot is needed even if nothing differs.
        SLOT
    }

    /// Takes a picture, and publishes what differs from the line. The caller closes it.
    private Picture take(Picture.Keep keep, Need need) throws IOException, ContinuityLost {
        long began = now();
        Instant taken = context.clock().instant();
        BitSet first = new BitSet();
        first.set(1, MARK_PAGES + 1);
        Picture.Taken result =
                database.take(new Picture.Wanted(keep, Optional.of(line.table()), first));
        busy.ended();
        Picture picture = result.picture();
        boolean published = false;
        try {
            publish(result, lookAt(result.stamp(), taken), need, first);
            published = true;
        } finally {
            if (!published) {
                picture.close();
            }
            pictureNotBefore = now() + (SHARE - 1) * (now() - began);
        }
        return picture;
    }

    private void publish(Picture.Taken taken, Look look, Need need, BitSet first)
            throws IOException, ContinuityLost {
        Picture picture = taken.picture();
        if (picture.pageSize() != line.position().pageSize()) {
            line = starter.reconcile(line, database, "the database was rewritten");
            captured = database.lastSeen().orElseThrow();
            database.dropLast();
            return;
        }
        Comparison found = picture.differences();
        boolean resized = picture.pageCount() != line.position().pageCount();
        if (found.count() > 0 || resized || need == Need.SLOT) {
            Line.NextFile file =
                    found.including(first)
                            .file(
                                    line.head().next(),
                                    Optional.of(line.position().checksum()),
                                    true);
            Line.Published published = line.publish(file, look);
            context.events()
                    .accept(
                            new EngineEvent.Captured(
                                    settings.database(),
                                    published.txid(),
                                    published.pages(),
                                    published.bytes()));
        } else {
            line.settled(look, true);
        }
        captured = taken.stamp();
        pictured = true;
    }

    private static Look lookAt(Stamp stamp, Instant taken) {
        return new Look(stamp.file(), FileStat.ABSENT, taken);
    }

    private void jumpPast(Destination ahead) throws IOException, ContinuityLost {
        line = starter.jump(line, database, ahead);
        captured = database.lastSeen().orElseThrow();
        database.dropLast();
    }

    private Optional<ImageJob> image(Destination destination, Level level, Consumer<ImageJob> done)
            throws IOException, ContinuityLost {
        Optional<Picture> whole = Optional.empty();
        try {
            whole = takeWhole();
        } catch (NoPause e) {
            context.events()
                    .accept(
                            new EngineEvent.DestinationFailed(
                                    settings.database(),
                                    destination.name(),
                                    String.valueOf(e.getMessage()),
                                    IMAGE_RETRY));
            images.postpone(destination, IMAGE_RETRY);
        }
        return whole.map(picture -> job(picture, destination, level, done));
    }

    private ImageJob job(
            Picture picture, Destination destination, Level level, Consumer<ImageJob> done) {
        return new ImageJob(
                settings.database(),
                destination,
                ImageJob.Request.of(destination, level, line.head()),
                picture,
                picture,
                line.position(),
                line.headTimestamp(),
                context.clock(),
                context.events(),
                done);
    }

    /// Takes a picture of everything, as of the end of the line. Empty if it has to wait.
    private Optional<Picture> takeWhole() throws IOException, ContinuityLost {
        if (now() - pictureNotBefore < 0 || isSuspect()) {
            return Optional.empty();
        }
        Picture picture = take(Picture.Keep.EVERYTHING, Need.DIFFERENCE);
        if (!picture.differences().checksum().equals(line.position().checksum())) {
            picture.close();
            return Optional.empty(); // the line came to another state, with another page size
        }
        return Optional.of(picture);
    }

    private void answerReadings() throws IOException, ContinuityLost {
        if (!readings.isAsked()) {
            return;
        }
        Optional<Picture> whole = takeWhole();
        if (whole.isPresent()) {
            Picture picture = whole.get();
            if (!readings.give(new LiveReading(picture, picture, line.position()))) {
                picture.close();
            }
        }
    }

    private void send() throws IOException, ContinuityLost {
        if (destinations.needSlot(head())) {
            take(Picture.Keep.DIFFERENCES, Need.SLOT).close();
        }
        destinations.start(line.spool());
        claims.release(line, lastLook.database().size());
    }

    private Next plan() {
        long now = now();
        if (isPending()) {
            long due = Math.min(pictureAt(now), now + BUSY_STEP_NANOS);
            return new Next(Then.STAY, lastLook, pictured, due, due, wakeIn(now));
        }
        long quiet = now - changedAt;
        boolean needed =
                !images.isEmpty()
                        || readings.isAsked()
                        || readings.isRunning()
                        || destinations.needDatabase(line);
        if (!needed && quiet >= context.settings().restAfter().toNanos()) {
            return new Next(Then.REST, lastLook, true, now, Long.MAX_VALUE, Optional.empty());
        }
        long at = quiet < AWAKE_NANOS ? now : now + IDLE_STEP_NANOS;
        return new Next(Then.STAY, lastLook, true, now, at, Optional.empty());
    }

    private long pictureAt(long now) {
        return pictureNotBefore - now > 0 ? pictureNotBefore : now;
    }

    private Optional<Duration> wakeIn(long now) {
        OptionalLong earliest = destinations.readyIn(now);
        return earliest.isPresent()
                ? Optional.of(
                        Duration.ofNanos(Math.max(pictureAt(now) - now, earliest.getAsLong())))
                : Optional.empty();
    }

    @Override
    public Look close(OpenDatabase.Ending ending) {
        images.cancel();
        images.await();
        readings.cancel();
        readings.awaitIdle();
        Closing.all(
                settings.database(),
                context.events(),
                new Closing("the page hashes", line::forceTable),
                new Closing("the local state", line::close),
                new Closing("the connections", database::close));
        return lastLook;
    }

    private long now() {
        return context.clock().nanoTime();
    }
}
