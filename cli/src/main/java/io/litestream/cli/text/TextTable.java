package io.litestream.cli.text;

import java.util.ArrayList;
import java.util.List;

/// Rows of text whose columns stand below each other, two spaces apart.
public final class TextTable {

    private static final int GAP = 2;

    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... header) {
        row(header);
    }

    /// Adds a row, which has as many cells as the header.
    public void row(String... cells) {
        if (!rows.isEmpty() && cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "row of %d cells in a table of %d columns"
                            .formatted(cells.length, rows.getFirst().size()));
        }
        rows.add(List.of(cells));
    }

    /// Returns the table, each row ended by a line feed.
    @Override
    public String toString() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            int last = widths.length - 1;
            for (int i = 0; i < last; i++) {
                String cell = row.get(i);
                text.append(cell).repeat(' ', widths[i] - length(cell) + GAP);
            }
            text.append(row.get(last)).append('\n');
        }
        return text.toString();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
