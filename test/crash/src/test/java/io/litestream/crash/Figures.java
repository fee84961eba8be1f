package io.litestream.crash;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How often what happened, over all rounds.
final class Figures {

    private final Map<String, Long> counts = new TreeMap<>();

    synchronized void count(String what) {
        add(what, 1);
    }

    synchronized void add(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    synchronized long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
