package io.litestream.replica;

import java.util.List;
import java.util.stream.IntStream;

/// How often a file's transactions have been merged: 0 for what was captured, up to 8 by
/// compaction, 9 for snapshots.
public record Level(int number) implements Comparable<Level> {

    /// What was captured: one transaction of the line in each file.
    public static final Level CAPTURED = new Level(0);

    /// Whole databases.
    public static final Level SNAPSHOT = new Level(9);

    private static final List<Level> ALL = IntStream.range(0, 10).mapToObj(Level::new).toList();

    public Level {
        if (number < 0 || number > 9) {
            throw new IllegalArgumentException(
                    "a level is a number from 0 to 9, but this is " + number);
        }
    }

    /// Returns every level, from 0 to 9.
    public static List<Level> all() {
        return ALL;
    }

    @Override
    public int compareTo(Level other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
