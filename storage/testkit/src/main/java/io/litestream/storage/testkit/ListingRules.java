package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectKey;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// The rules of listings, and of the names that objects may have.
abstract class ListingRules extends ObjectStoreFixture {

    @Test
    void listsInKeyOrderWhateverTheOrderOfWriting() throws Exception {
        create("db/0002", "b");
        create("db/0010", "c");
        create("db/0001", "a");

        assertThat(keys("db", "", 2)).containsExactly("db/0001", "db/0002");
        assertThat(keys("db", "0002", 2)).containsExactly("db/0010");
        assertThat(keys("db", "0010", 2)).isEmpty();
    }

    @Test
    void listsOnlyWhatIsBelowThePrefix() throws Exception {
        create("db/0001", "a");
        create("db2/0001", "b");
        create("d/0001", "c");
        create("db-old/0001", "d");
        create("other/db/0001", "e");

        assertThat(keys("db")).containsExactly("db/0001");
        assertThat(keys("d")).containsExactly("d/0001");
        assertThat(keys("other")).containsExactly("other/db/0001");
    }

    @Test
    void listsAllThatIsBelowThePrefixByTheOrderOfWholeKeys() throws Exception {
        List<String> ordered =
                List.of("t/a!", "t/b-c", "t/b.d", "t/b/a", "t/b/z", "t/b0", "t/bb", "t/c/d/e");
        List<String> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1));
        for (String key : shuffled) {
            create(key, key);
        }

        assertThat(keys("t")).isEqualTo(ordered);
        assertThat(keys("t/b")).containsExactly("t/b/a", "t/b/z");
    }

    @Test
    void beginsAListingAnywhere() throws Exception {
        create("db/0/a", "a");
        create("db/0/c", "c");
        create("db/1/a", "a");

        assertThat(keys("db", "0", 10)).containsExactly("db/0/a", "db/0/c", "db/1/a");
        assertThat(keys("db", "0/", 10)).containsExactly("db/0/a", "db/0/c", "db/1/a");
        assertThat(keys("db", "0/a", 10)).containsExactly("db/0/c", "db/1/a");
        assertThat(keys("db", "0/b", 10)).containsExactly("db/0/c", "db/1/a");
        assertThat(keys("db", "0/a/x", 10)).containsExactly("db/0/c", "db/1/a");
        assertThat(keys("db", "0/c", 10)).containsExactly("db/1/a");
        assertThat(keys("db", "00", 10)).containsExactly("db/1/a");
        assertThat(keys("db", "1", 10)).containsExactly("db/1/a");
        assertThat(keys("db", "2", 10)).isEmpty();
        assertThat(keys("db", "zzz/yyy", 10)).isEmpty();
    }

    @Test
    void listsManyObjectsPageByPage() throws Exception {
        List<String> expected = IntStream.range(0, 57).mapToObj("db/%04d"::formatted).toList();
        for (String key : expected.reversed()) {
            create(key, key);
        }

        assertThat(pages("db", 10)).isEqualTo(expected);
        assertThat(pages("db", 1)).isEqualTo(expected);
        assertThat(pages("db", 57)).isEqualTo(expected);
        assertThat(pages("db", 1_000_000)).isEqualTo(expected);
    }

    @Test
    void keepsNamesWithSpacesAndSpecialCharacters() throws Exception {
        List<String> names =
                List.of(
                        " ", "a b", "a%20b", "a+b", "a#b", "a?b=c&d", "a~b", "a'b\"c", "a;b,c",
                        "[a]{b}", "$a@b!", "(a)", "a^b`c|d", "<a>", "..a", "a..", "a=b", "a:b");
        for (String name : names) {
            create("some names/" + name, name);
        }

        assertThat(keys("some names"))
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().map("some names/"::concat).toList())
                .isSortedAccordingTo(ObjectKey.BYTE_ORDER);
        for (String name : names) {
            assertThat(read("some names/" + name)).isEqualTo(name);
            assertThat(keys("some names", name, 1)).isEqualTo(after(names, name));
        }
    }

    @Test
    protected void keepsNamesInAnyScript() throws Exception {
        List<String> names = List.of("größe", "данные", "資料", "ﬁ\uffee", "😀", "z");
        for (String name : names) {
            create("ключ/" + name, name);
        }

        assertThat(keys("ключ"))
                .containsExactly(
                        "ключ/größe",
                        "ключ/z",
                        "ключ/данные",
                        "ключ/資料",
                        "ключ/ﬁ\uffee",
                        "ключ/😀");
        for (String name : names) {
            assertThat(read("ключ/" + name)).isEqualTo(name);
        }
        assertThat(keys("ключ", "資料", 1)).containsExactly("ключ/ﬁ\uffee");
        assertThat(keys("ключ", "ﬁ\uffee", 1)).containsExactly("ключ/😀");
    }

    private static List<String> after(List<String> names, String name) {
        Optional<String> next =
                names.stream()
                        .filter(other -> ObjectKey.BYTE_ORDER.compare(other, name) > 0)
                        .min(ObjectKey.BYTE_ORDER);
        return next.map("some names/"::concat).stream().toList();
    }

    private List<String> pages(String prefix, int limit) throws Exception {
        List<String> all = new ArrayList<>();
        List<String> page = keys(prefix, "", limit);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
            page = keys(prefix, page.getLast().substring(prefix.length() + 1), limit);
        }
        return all;
    }
}
