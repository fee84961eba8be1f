package io.litestream.replica.retention;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/// A period of the calendar, in UTC. Weeks begin on Monday.
public enum Period {
    HOUR,
    DAY,
    WEEK,
    MONTH;

    /// Returns when the period began in which this time is.
    Instant start(Instant time) {
        ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
        LocalDate day = utc.toLocalDate();
        return switch (this) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> at(day);
            case WEEK -> at(day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case MONTH -> at(day.withDayOfMonth(1));
        };
    }

    /// Returns when the period begins that many after the one that begins at `start`; before it, if
    /// the count is negative.
    Instant plus(Instant start, long count) {
        ZonedDateTime utc = start.atZone(ZoneOffset.UTC);
        return switch (this) {
            case HOUR -> utc.plusHours(count).toInstant();
            case DAY -> utc.plusDays(count).toInstant();
            case WEEK -> utc.plusWeeks(count).toInstant();
            case MONTH -> utc.plusMonths(count).toInstant();
        };
    }

    private static Instant at(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
