package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsColumnsTwoSpacesApartWithoutTrailingSpaces() {
        TextTable table = new TextTable("path", "replica");
        table.row("/var/lib/app.db", "s3");
        table.row("/é.db", "file");

        assertThat(table.toString())
                .isEqualTo(
                        """
                        path             replica
                        /var/lib/app.db  s3
                        /é.db            file
                        """);
    }

    @Test
    void refusesARowOfAnotherLength() {
        TextTable table = new TextTable("path", "replica");

        assertThatThrownBy(() -> table.row("x"))
                .hasMessage("row of 1 cells in a table of 2 columns");
    }
}
