package io.litestream.replica.state;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Updates of a database of a few blocks' pages, as a test makes them up.
final class RandomChanges {

    private static final int MAX_PAGES = 5 * HashBlock.ENTRIES;

    private RandomChanges() {}

    /// Mostly the same size, else any, with a liking for the ends of blocks.
    static long pageCount(Random random, long before) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(MAX_PAGES);
            case 1 -> (long) random.nextInt(5) * HashBlock.ENTRIES + random.nextInt(3);
            default -> before;
        };
    }

    static TreeMap<Long, Long> of(Random random, long pageCount) {
        TreeMap<Long, Long> changes = new TreeMap<>();
        int count = pageCount == 0 ? 0 : random.nextInt(random.nextBoolean() ? 5 : 2000);
        for (int i = 0; i < count; i++) {
            changes.put(random.nextLong(pageCount) + 1, random.nextLong());
        }
        return changes;
    }

    static PageChanges walk(TreeMap<Long, Long> changes) {
        return visitor -> {
            for (Map.Entry<Long, Long> change : changes.entrySet()) {
                visitor.page(change.getKey(), change.getValue());
            }
        };
    }
}
