package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs rounds, each with a seed of its own, until there are enough or one fails.
///
/// For hours, from the root of the project, after `mvn verify`:
///
/// ```sh
/// .ci/crash-rig --minutes 480
/// ```
///
/// | Option         | Meaning                                                    | Default    |
/// |----------------|------------------------------------------------------------|------------|
/// | `--rounds N`   | ends after so many                                         | no limit   |
/// | `--minutes M`  | ends with the round during which so much time has passed   | 10; no limit if `--rounds` is given |
/// | `--seed S`     | seed of the first round; the next one has S + 1            | the time   |
/// | `--millis L`   | how long things are killed in each round                   | 4000       |
/// | `--findings N` | ends after so many failures                                | 1          |
/// | `--place P`    | `s3` or `file`: the only kind of place to replicate to      | both       |
/// | `--scratch D`  | where databases and replicas are put; a failing round stays | a new one |
public final class CrashRig implements AutoCloseable {

    private final Path scratch;
    private final long millis;
    private final Optional<RoundSettings.Store> only;
    private final Figures figures = new Figures();
    private final Bucket bucket;

    /// @param only where to replicate to, if that is not to be drawn
    CrashRig(Path scratch, Duration length, Optional<RoundSettings.Store> only) {
        this.scratch = scratch;
        this.only = only;
        this.bucket = new Bucket(scratch);
        this.millis = length.toMillis();
        Litestream.command(); // builds it, if it must, before the first process is killed
    }

    static void main(String[] words) throws Exception {
        Map<String, String> options = options(words);
        Path scratch =
                options.containsKey("scratch")
                        ? Files.createDirectories(Path.of(options.get("scratch")))
                        : Files.createTempDirectory("crash-rig");
        long seed = number(options, "seed", System.currentTimeMillis());
        long rounds = number(options, "rounds", Long.MAX_VALUE);
        long findings = number(options, "findings", 1);
        long standard = rounds == Long.MAX_VALUE ? 10 : 60 * 24 * 365;
        long minutes = number(options, "minutes", standard);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        Optional<RoundSettings.Store> only =
                Optional.ofNullable(options.get("place")).map(CrashRig::store);
        Duration length = Duration.ofMillis(number(options, "millis", 4000));
        CrashRig rig = new CrashRig(scratch, length, only);
        for (long i = 0; i < rounds && System.nanoTime() < end && findings > 0; i++) {
            try {
                rig.round(seed + i);
                System.out.printf("round %d, seed %d: good; %s%n", i + 1, seed + i, rig.figures);
            } catch (Finding e) {
                e.printStackTrace(System.out);
                rig.figures.count("findings");
                findings--;
            }
        }
        rig.close();
        System.out.println("end: " + rig.figures);
        System.exit(rig.figures.of("findings") == 0 ? 0 : 1);
    }

    private static RoundSettings.Store store(String word) {
        return switch (word) {
            case "s3" -> RoundSettings.Store.BUCKET;
            case "file" -> RoundSettings.Store.DIRECTORY;
            default -> throw new IllegalArgumentException("--place: s3 or file, not " + word);
        };
    }

    private static String word(RoundSettings.Store store) {
        return switch (store) {
            case BUCKET -> "s3";
            case DIRECTORY -> "file";
        };
    }

    private static Map<String, String> options(String[] words) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < words.length; i += 2) {
            options.put(words[i].replaceFirst("^--", ""), words[i + 1]);
        }
        return options;
    }

    private static long number(Map<String, String> options, String name, long otherwise) {
        return options.containsKey(name) ? Long.parseLong(options.get(name)) : otherwise;
    }

    Figures figures() {
        return figures;
    }

    /// Runs one round.
    ///
    /// @throws Finding if anything is not as it must be; then the round's directory stays
    void round(long seed) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "round-%d-".formatted(seed));
        try (Round round = new Round(directory, seed, only, bucket, figures)) {
            try {
                round.run(millis);
            } catch (Exception e) {
                throw new Finding(
                        "%s%n  %s%n  kept: %s%n  again: .ci/crash-rig --rounds 1 --millis %d --seed %d%s"
                                .formatted(
                                        e.getMessage(),
                                        round.settings(),
                                        directory,
                                        millis,
                                        seed,
                                        only.map(store -> " --place " + word(store)).orElse("")),
                        e);
            }
        } catch (Finding e) {
            throw e;
        } catch (Exception e) {
            throw new Finding("a round with seed %d cannot begin".formatted(seed), e);
        }
        Scene.deleteTree(directory);
        bucket.clear();
        figures.count("rounds");
    }

    @Override
    public void close() throws IOException {
        bucket.close();
    }
}
