package io.litestream.cli.demo;

import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What happens in the demo, step by step.
final class Story {

    private static final Duration REPLICATED = Duration.ofSeconds(3);
    private static final Duration ALONE = Duration.ofMillis(1500);
    private static final Duration POLL = Duration.ofMillis(20);

    private static final Pattern LAST_WORDS = Pattern.compile("msg=\"(durable through [^\"]*)\"");

    private final Workplace place;
    private final Children children;
    private final Narration narration;
    private final Clock clock;

    Story(Workplace place, Children children, Narration narration, Clock clock) {
        this.place = place;
        this.children = children;
        this.narration = narration;
        this.clock = clock;
    }

    /// Tells it, while it happens.
    ///
    /// @throws IOException if a process does not do its part
    Comparison tell() throws IOException, InterruptedException {
        Child application = startApplication();
        Child killed = replicate("Replicate it meanwhile", application, "replicate-1");
        kill(killed, application);
        Child replicator =
                replicate("Start it again: it goes on where it was", application, "replicate-2");
        long committed = stop(application, replicator);
        restore();
        return compare(committed);
    }

    private Child startApplication() throws IOException, InterruptedException {
        narration.step("An application writes to a database");
        Child application =
                children.start(
                        place.log("application"),
                        List.of(SampleApplication.COMMAND, place.database().toString()));
        await(application, "commit", () -> committed(application) > 0);
        narration.command(
                List.of("sqlite3", place.database().toString(), "INSERT INTO orders ..."));
        narration.say(
                "Process %d does that, %d times a second, and knows nothing of litestream."
                        .formatted(application.pid(), SampleApplication.ORDERS_PER_SECOND));
        return application;
    }

    private Child replicate(String title, Child application, String log)
            throws IOException, InterruptedException {
        narration.step(title);
        List<String> words = List.of("replicate", place.database().toString(), place.replica());
        show(words);
        Child replicator = children.start(place.log(log), words);
        await(replicator, "upload", () -> uploads(replicator) > 0);
        clock.sleep(REPLICATED);
        replicator.requireAlive();
        application.requireAlive();
        narration.say(
                "Process %d does. Orders committed so far: %s; files uploaded by it: %d"
                        .formatted(
                                replicator.pid(),
                                Narration.number(committed(application)),
                                uploads(replicator)));
        return replicator;
    }

    private void kill(Child replicator, Child application)
            throws IOException, InterruptedException {
        narration.step("Kill the replicator while the application writes");
        narration.command(List.of("kill", "-KILL", Long.toString(replicator.pid())));
        replicator.kill();
        long before = committed(application);
        clock.sleep(ALONE);
        application.requireAlive();
        narration.say(
                "The application goes on: %s orders more, while nobody replicates."
                        .formatted(Narration.number(committed(application) - before)));
    }

    private long stop(Child application, Child replicator)
            throws IOException, InterruptedException {
        narration.step("Stop the application, then the replicator, which syncs for the last time");
        application.closeInput();
        application.awaitSuccess();
        long committed = committed(application);
        narration.command(List.of("kill", Long.toString(replicator.pid())));
        replicator.terminate();
        replicator.awaitSuccess();
        narration.say(
                "The application committed %s orders. The replicator's last words: %s"
                        .formatted(Narration.number(committed), lastWords(replicator)));
        return committed;
    }

    private void restore() throws IOException, InterruptedException {
        narration.step("Restore into a new file");
        List<String> words = List.of("restore", "-o", place.restored().toString(), place.replica());
        show(words);
        Child restore = children.start(place.log("restore"), words);
        restore.awaitSuccess();
        restore.lines().forEach(narration::say);
    }

    private Comparison compare(long committed) {
        narration.step("Compare");
        Comparison comparison =
                new Comparison(
                        committed, Content.of(place.database()), Content.of(place.restored()));
        show("app.db", comparison.original());
        show("restored.db", comparison.restored());
        narration.say(
                "To see for yourself: sqlite3 FILE '%s' | sha256sum".formatted(Content.QUERY));
        return comparison;
    }

    private void show(String name, Content content) {
        narration.say(
                "%-12s %s orders, SHA-256 %.16s..., integrity check: %s"
                        .formatted(
                                name,
                                Narration.number(content.orders()),
                                content.checksum(),
                                content.check()));
    }

    private void show(List<String> words) {
        List<String> typed = new ArrayList<>(words);
        typed.addFirst("litestream");
        narration.command(typed);
    }

    /// Returns how many commits the application has been told of.
    private static long committed(Child application) throws IOException {
        return application.lines().stream()
                .filter(line -> line.startsWith(SampleApplication.COMMITTED))
                .mapToLong(line ->
                        Long.parseLong(line.substring(SampleApplication.COMMITTED.length())))
                .max()
                .orElse(0);
    }

    private static long uploads(Child replicator) throws IOException {
        return replicator.lines().stream()
                .filter(line -> line.contains("msg=\"ltx file uploaded\""))
                .count();
    }

    private static String lastWords(Child replicator) throws IOException {
        Matcher words = LAST_WORDS.matcher(String.join("\n", replicator.lines()));
        if (!words.find()) {
            throw replicator.failure("did not say how far the replica is durable");
        }
        return words.group(1);
    }

    private void await(Child child, String what, Condition condition)
            throws IOException, InterruptedException {
        long start = clock.nanoTime();
        while (!condition.holds()) {
            child.requireAlive();
            if (clock.nanoTime() - start > Child.LIMIT.toNanos()) {
                throw child.failure("did not %s in %d s".formatted(what, Child.LIMIT.toSeconds()));
            }
            clock.sleep(POLL);
        }
    }

    /// Something to wait for.
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }
}
