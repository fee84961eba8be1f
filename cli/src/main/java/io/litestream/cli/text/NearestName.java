package io.litestream.cli.text;

import java.util.Collection;

/// Finds the name that somebody most probably meant.
public final class NearestName {

    private NearestName() {}

    /// Returns the known name that fewest single-letter changes turn `wrong` into; the first of
    /// those that are equally near.
    ///
    /// @throws IllegalArgumentException if no name is known
    public static String to(String wrong, Collection<String> known) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String name : known) {
            int distance = distance(wrong, name);
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        if (least == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("there is no name to compare " + wrong + " with");
        }
        return nearest;
    }

    /// Counts letters to add, remove or change, and neighbours to swap.
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean equal = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (equal ? 0 : 1));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
