package io.litestream.replica.retention;

import java.util.EnumMap;
import java.util.Map;

/// For how many hours, days, weeks and months one point each is kept, the current one included.
public record Tiers(int hourly, int daily, int weekly, int monthly) {

    /// Keeps no points but those that are kept for another reason.
    public static final Tiers NONE = new Tiers(0, 0, 0, 0);

    /// The largest count of each: more than a century of hours.
    public static final int MOST = 1_000_000;

    public Tiers {
        require("hourly", hourly);
        require("daily", daily);
        require("weekly", weekly);
        require("monthly", monthly);
    }

    private static void require(String name, int count) {
        if (count < 0 || count > MOST) {
            throw new IllegalArgumentException(
                    "%s points to keep are 0 to %d, but these are %d".formatted(name, MOST, count));
        }
    }

    /// Says whether no period has a point of its own.
    public boolean isNone() {
        return equals(NONE);
    }

    /// Returns how many periods of each kind there are, without those of which there are none.
    Map<Period, Integer> counts() {
        Map<Period, Integer> counts = new EnumMap<>(Period.class);
        counts.put(Period.HOUR, hourly);
        counts.put(Period.DAY, daily);
        counts.put(Period.WEEK, weekly);
        counts.put(Period.MONTH, monthly);
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
