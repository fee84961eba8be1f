package io.litestream.crash;

import io.litestream.servers.Fault;
import io.litestream.servers.HttpMessage;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/// What the network does to requests during a round, drawn from a seed: mostly nothing.
final class Weather {

    private static final int LONGEST_DELAY_MILLIS = 200;
    private static final int LATEST_REPEAT_MILLIS = 2000;

    private static final int SPELL_EVERY = 150;
    private static final int LONGEST_SPELL_MILLIS = 3000;
    private static final List<String> RETRY_LATER = List.of("Retry-After: 1");
    private static final List<Fault> SPELLS =
            List.of(
                    new Fault.BlackHole(),
                    new Fault.ResetBefore(),
                    new Fault.ResetAfter(),
                    new Fault.Refuse(503, RETRY_LATER),
                    new Fault.Refuse(429, RETRY_LATER),
                    new Fault.Delay(Duration.ofSeconds(1)),
                    new Fault.Slow(20_000));

    private final Random random;
    private final Figures figures;
    private Fault spell = new Fault.None();
    private long spellEnd = System.nanoTime();

    Weather(long seed, Figures figures) {
        this.random = new Random(seed);
        this.figures = figures;
    }

    /// Draws what is done to a request. Any thread may call.
    synchronized Fault next(HttpMessage request) {
        Fault fault = isSpell() ? spell : draw(request);
        if (!(fault instanceof Fault.None)) {
            figures.count("requests with a fault");
        }
        return fault;
    }

    /// Says whether all requests meet the same fault now, for up to a few seconds.
    private boolean isSpell() {
        long now = System.nanoTime();
        if (now - spellEnd < 0) {
            return true;
        }
        if (random.nextInt(SPELL_EVERY) > 0) {
            return false;
        }
        spell = SPELLS.get(random.nextInt(SPELLS.size()));
        spellEnd = now + millis(LONGEST_SPELL_MILLIS).toNanos();
        figures.count("spells of bad weather");
        return true;
    }

    private Fault draw(HttpMessage request) {
        boolean reads = request.method().equals("GET");
        boolean file = request.target().contains(".ltx");
        return switch (random.nextInt(100)) {
            case 0, 1, 2 -> new Fault.Delay(millis(LONGEST_DELAY_MILLIS));
            case 3, 4 -> new Fault.ResetBefore();
            case 5, 6, 7 -> new Fault.ResetAfter();
            case 8 -> new Fault.Truncate();
            case 9 -> new Fault.Refuse(503, RETRY_LATER);
            case 10 -> new Fault.Refuse(503, List.of());
            case 11 -> new Fault.Refuse(500, List.of());
            case 12 -> new Fault.Refuse(429, random.nextBoolean() ? RETRY_LATER : List.of());
            case 13 -> new Fault.Slow(200_000);
            case 14 -> reads && file ? new Fault.Corrupt() : new Fault.None();
            case 15, 16 ->
                    reads ? new Fault.None() : new Fault.Repeat(millis(LATEST_REPEAT_MILLIS));
            case 17 -> random.nextInt(10) == 0 ? new Fault.BlackHole() : new Fault.None();
            case 18 -> random.nextInt(10) == 0 ? new Fault.Hang() : new Fault.None();
            default -> new Fault.None();
        };
    }

    private Duration millis(int limit) {
        return Duration.ofMillis(random.nextInt(limit));
    }
}
