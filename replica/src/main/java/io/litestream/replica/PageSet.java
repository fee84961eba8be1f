package io.litestream.replica;

import java.io.IOException;
import java.util.Arrays;

/// Numbers of pages, one bit for each. Its memory grows with the largest number in it.
///
/// Not for several threads at once.
public final class PageSet {

    private static final int FIRST_WORDS = 64;
    private static final long LARGEST = 0xFFFF_FFFEL;

    private long[] words;
    private long size;

    /// Makes a set without pages.
    public PageSet() {
        this(new long[FIRST_WORDS]);
    }

    /// Makes a set of what [#words] returned.
    PageSet(long[] words) {
        this.words = words;
        this.size = Arrays.stream(words).map(Long::bitCount).sum();
    }

    /// What is done with each page of a set.
    @FunctionalInterface
    public interface Visitor {

        /// Takes a page; failures end the walk.
        void page(long page) throws IOException;
    }

    /// Adds a page. Returns whether it was not in the set before.
    public boolean add(long page) {
        if (page < 1 || page > LARGEST) {
            throw new IllegalArgumentException("no page has the number " + page);
        }
        int word = word(page);
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        long bit = 1L << page;
        if ((words[word] & bit) != 0) {
            return false;
        }
        words[word] |= bit;
        size++;
        return true;
    }

    /// Says whether a page is in the set.
    public boolean contains(long page) {
        return word(page) < words.length && (words[word(page)] & 1L << page) != 0;
    }

    /// Returns how many pages are in the set.
    public long size() {
        return size;
    }

    /// Returns the largest page in the set, or 0 if it is empty.
    public long last() {
        int end = usedWords();
        return end == 0
                ? 0
                : (long) end * Long.SIZE - 1 - Long.numberOfLeadingZeros(words[end - 1]);
    }

    /// Returns the first page from `page` on that is not in the set.
    public long firstAbsent(long page) {
        long absent = page;
        while (contains(absent)) {
            absent++;
        }
        return absent;
    }

    /// Visits all pages in ascending order.
    public void forEach(Visitor visitor) throws IOException {
        for (int word = 0; word < words.length; word++) {
            for (long rest = words[word]; rest != 0; rest &= rest - 1) {
                visitor.page((long) word * Long.SIZE + Long.numberOfTrailingZeros(rest));
            }
        }
    }

    /// Adds all pages to another set, and has none afterwards.
    void moveTo(PageSet other) {
        int end = usedWords();
        if (end > other.words.length) {
            other.words = Arrays.copyOf(other.words, words.length);
        }
        for (int word = 0; word < end; word++) {
            other.size += Long.bitCount(words[word] & ~other.words[word]);
            other.words[word] |= words[word];
            words[word] = 0;
        }
        size = 0;
    }

    /// Returns the bits, page 0 first, up to the last word with a page.
    long[] words() {
        return Arrays.copyOf(words, usedWords());
    }

    private int usedWords() {
        int end = words.length;
        while (end > 0 && words[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static int word(long page) {
        return (int) (page / Long.SIZE);
    }
}
