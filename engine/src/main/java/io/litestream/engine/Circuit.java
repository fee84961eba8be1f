package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a destination has answered lately, and when it may be asked again. Any thread may call.
///
/// The first failure opens it. From then on the destination is asked nothing but small questions,
/// one every two seconds or more often, until it answers one; then the work is tried again, and its
/// success closes the circuit. Work that fails again and again though questions are answered is
/// tried less and less often. A refusal that only a person can end is met with the work itself,
/// after some seconds, then less and less often, and about once a minute in the end.
///
/// Images of the whole database are counted apart: a destination may have no room for one, and take
/// all that is small. Each attempt costs the reading of the database, so they become rare.
final class Circuit {

    private static final Duration LONGEST_ASKED = Duration.ofSeconds(60);
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(4);
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(60);
    private static final Duration LONGEST_RELAPSE = Duration.ofSeconds(30);
    private static final int RELAPSES_AT_ONCE = 3;
    private static final int MAX_DOUBLINGS = 10;
    private static final Duration LONGEST_FOR_IMAGES = Duration.ofMinutes(5);

    private final Backoff backoff;
    private final Backoff refusals;
    private final Backoff images;
    private final Clock clock;

    @GuardedBy("this")
    private Optional<Outage> outage = Optional.empty();

    @GuardedBy("this")
    private Optional<Outage> imageOutage = Optional.empty();

    @GuardedBy("this")
    private int untold; // failures that a success has ended, while images went on to fail

    @GuardedBy("this")
    private int relapses; // failures of work, each after a question that was answered

    @GuardedBy("this")
    private boolean tried; // whether a question was answered since the last failure

    /// What is wrong.
    enum Trouble {
        /// No answer, or a refusal for now.
        NO_ANSWER(DestinationState.FAILING),
        /// A refusal that lasts until a person has acted.
        REFUSED(DestinationState.REFUSED);

        private final DestinationState state;

        Trouble(DestinationState state) {
            this.state = state;
        }

        DestinationState state() {
            return state;
        }
    }

    /// A time without a success.
    ///
    /// @param since when the first failure came
    /// @param failures how many there were
    /// @param reason of the last one
    record Outage(Instant since, int failures, Trouble trouble, String reason) {

        Outage since(Instant other) {
            return new Outage(other.isBefore(since) ? other : since, failures, trouble, reason);
        }
    }

    Circuit(Backoff backoff, Clock clock) {
        this.backoff = backoff;
        this.refusals = new Backoff(AFTER_REFUSAL, LONGEST_REFUSAL, backoff.random());
        this.images = new Backoff(backoff.first(), LONGEST_FOR_IMAGES, backoff.random());
        this.clock = clock;
    }

    /// Returns what is wrong, with images if with nothing else, since there was anything wrong.
    synchronized Optional<Outage> outage() {
        return outage.map(now -> imageOutage.map(Outage::since).map(now::since).orElse(now))
                .or(() -> imageOutage);
    }

    /// Returns the state that the trouble means, or the one that it is in without any.
    DestinationState state(DestinationState otherwise) {
        return outage().map(now -> now.trouble().state()).orElse(otherwise);
    }

    /// Says whether there was a failure since the last success, in anything but images.
    synchronized boolean isFailing() {
        return outage.isPresent();
    }

    /// Says whether nothing but questions may be sent.
    synchronized boolean isOpen() {
        return outage.isPresent() && !tried && outage.get().trouble() == Trouble.NO_ANSWER;
    }

    /// Says whether a question was answered since the last failure.
    synchronized boolean isTried() {
        return tried;
    }

    /// Notes a failure, and returns how long to wait until the next attempt.
    ///
    /// @param took how long it took to fail, which counts as waited
    synchronized Duration failed(IOException failure, Duration took) {
        Outage now = after(outage, failure);
        outage = Optional.of(now);
        relapses += tried ? 1 : 0;
        tried = false;
        return switch (now.trouble()) {
            case REFUSED -> {
                Duration longest = refusals.longest(now.failures());
                yield longest.dividedBy(2).plus(refusals.delay(now.failures()));
            }
            case NO_ANSWER ->
                    longest(backoff.delay(now.failures()).minus(took), asked(failure), relapsed());
        };
    }

    /// Notes that an image was not taken, and returns how long to wait until the next attempt.
    synchronized Duration imageFailed(IOException failure) {
        Outage now = after(imageOutage, failure);
        imageOutage = Optional.of(now);
        return longest(failed(failure, Duration.ZERO), images.delay(now.failures()), Duration.ZERO);
    }

    private Outage after(Optional<Outage> before, IOException failure) {
        return new Outage(
                before.map(Outage::since).orElse(clock.instant()),
                before.map(Outage::failures).orElse(0) + 1,
                trouble(failure),
                reason(failure));
    }

    /// Notes that a question was answered: the work may be tried.
    synchronized void answered() {
        tried = true;
    }

    /// Notes that an image was taken. A success follows.
    synchronized void imageSucceeded() {
        untold += imageOutage.map(Outage::failures).orElse(0);
        imageOutage = Optional.empty();
    }

    /// Notes a success; returns how many failures there were before it, or none while images go on
    /// to fail.
    synchronized int succeeded() {
        if (imageOutage.isEmpty()) {
            untold += outage.map(Outage::failures).orElse(0);
        }
        outage = Optional.empty();
        relapses = 0;
        tried = false;
        if (imageOutage.isPresent()) {
            return 0;
        }
        int failures = untold;
        untold = 0;
        return failures;
    }

    private static Trouble trouble(IOException failure) {
        return failure instanceof StorageException known
                ? switch (known) {
                    case StorageException.Rejected _, StorageException.Denied _ -> Trouble.REFUSED;
                    case StorageException.Unavailable _,
                            StorageException.NotFound _,
                            StorageException.Conflict _ ->
                            Trouble.NO_ANSWER;
                }
                : Trouble.NO_ANSWER;
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static Duration asked(IOException failure) {
        return failure instanceof StorageException.Unavailable unavailable
                ? shortest(unavailable.retryAfter(), LONGEST_ASKED)
                : Duration.ZERO;
    }

    @GuardedBy("this")
    private Duration relapsed() {
        int doublings = Math.min(relapses - RELAPSES_AT_ONCE, MAX_DOUBLINGS);
        return doublings < 0
                ? Duration.ZERO
                : shortest(backoff.limit().multipliedBy(1L << doublings), LONGEST_RELAPSE);
    }

    /// Returns the longest, and not less than nothing: the second is not.
    private static Duration longest(Duration a, Duration b, Duration c) {
        Duration longer = a.compareTo(b) > 0 ? a : b;
        return longer.compareTo(c) > 0 ? longer : c;
    }

    static Duration shortest(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
