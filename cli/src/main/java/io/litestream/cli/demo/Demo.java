package io.litestream.cli.demo;

import io.litestream.time.Clock;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/// Shows a newcomer what litestream does: an application writes to a database, the replicator is
/// killed meanwhile, and all that was committed comes back.
///
/// Everything is done by processes of this program, as a person would start them. None of them
/// outlives the demo, and nor do its files unless they are wanted.
public final class Demo {

    private final Optional<Destination> destination;
    private final Leftovers leftovers;
    private final PrintStream out;
    private final Clock clock;

    /// What happens to the files of a demo that went well. Those of another are always kept.
    public enum Leftovers {
        /// They are deleted.
        DELETE,
        /// They stay.
        KEEP
    }

    /// Whether what came back is what was committed.
    public enum Outcome {
        /// It is.
        PROVEN,
        /// It is not.
        REFUTED
    }

    /// @param destination where to replicate to; none for a directory beside the database
    public Demo(
            Optional<Destination> destination, Leftovers leftovers, PrintStream out, Clock clock) {
        this.destination = destination;
        this.leftovers = leftovers;
        this.out = out;
        this.clock = clock;
    }

    /// Runs the demo, in some ten seconds.
    ///
    /// @throws IOException if it cannot be carried through, or the process is being ended
    public Outcome run() throws IOException, InterruptedException {
        Workplace place = Workplace.create(destination);
        Narration narration = new Narration(out);
        Children children = new Children();
        Thread interruption =
                Thread.ofPlatform()
                        .name("demo-interruption")
                        .unstarted(() -> abandon(children, place));
        Runtime.getRuntime().addShutdownHook(interruption);
        Comparison comparison;
        try (children) {
            out.println("All files of this demo are in " + place.directory());
            comparison = new Story(place, children, narration, clock).tell();
        } catch (IOException | InterruptedException | RuntimeException e) {
            requireUninterrupted(interruption);
            narration.paragraph(
                    "The files, with what each process said, stay in " + place.directory());
            throw e;
        }
        requireUninterrupted(interruption);
        return conclude(comparison, place, narration);
    }

    private Outcome conclude(Comparison comparison, Workplace place, Narration narration)
            throws IOException {
        narration.paragraph(comparison.verdict());
        if (!comparison.holds()) {
            narration.paragraph(
                    "The files, with what each process said, stay in " + place.directory());
            return Outcome.REFUTED;
        }
        narration.paragraph(
                """
                For a database of yours, a litestream.yml:

                    dbs:
                      - path: /path/to/your.db
                        replica: {path: /path/to/replica}

                    $ litestream replicate -config litestream.yml
                    $ litestream restore -config litestream.yml -o copy.db /path/to/your.db\
                """);
        narration.paragraph(tidy(place));
        return Outcome.PROVEN;
    }

    private String tidy(Workplace place) throws IOException {
        String replica = destination.isPresent() ? " The replica stays in " + place.replica() : "";
        return switch (leftovers) {
            case KEEP -> "The files of this demo stay in " + place.directory() + "." + replica;
            case DELETE -> {
                place.delete();
                yield "The files of this demo are deleted; litestream demo -keep keeps them."
                        + replica;
            }
        };
    }

    /// What is done if the process is being ended meanwhile.
    private void abandon(Children children, Workplace place) {
        children.close();
        try {
            switch (leftovers) {
                case KEEP -> {}
                case DELETE -> place.delete();
            }
        } catch (IOException e) {
            out.println("cannot delete " + place.directory() + ": " + e);
        }
    }

    /// Takes back what was to be done if the process is ended. If that goes on already, waits for
    /// it: whatever failed has failed for that.
    private static void requireUninterrupted(Thread interruption)
            throws IOException, InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(interruption);
        } catch (IllegalStateException e) {
            interruption.join();
            throw new IOException("interrupted", e);
        }
    }
}
