package io.litestream.cli.config;

import java.util.Collection;

/// Names destinations that have none.
final class ReplicaNames {

    private ReplicaNames() {}

    /// Returns the word, or the word with the lowest number from 2 on that makes it a new name.
    static String unique(String word, Collection<String> taken) {
        String name = word;
        for (int i = 2; taken.contains(name); i++) {
            name = word + "-" + i;
        }
        return name;
    }
}
