package io.litestream.replica.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// What a table is worth after a crash of the process or of the machine, at each possible moment.
final class PageHashTableCrashTest {

    /// An update as its LTX file would say it, with the checksum after it, and how many steps of
    /// the file had been made when it was published, which is before the table was touched.
    private record Published(
            Txid txid, long pageCount, TreeMap<Long, Long> changes, Checksum tag, int steps) {}

    @TempDir Path directory;

    private final RecordingChannel channel = new RecordingChannel();
    private final List<Published> published = new ArrayList<>();

    @Test
    void afterACrashOfTheProcessTheNewestFileMendsTheTable() throws IOException {
        seeded(random -> {
            List<RecordingChannel.Step> steps = history(random, 12);
            int first = published.get(1).steps();
            for (int end = first; end <= steps.size(); end++) {
                Published newest = newest(end);
                PageHashTable table = open(steps.subList(0, end)).orElseThrow();
                assertThat(table.txid().orElseThrow().value())
                        .isGreaterThanOrEqualTo(newest.txid().value() - 1);
                boolean behind = newest.txid().isAfter(table.txid().orElseThrow());
                if (behind || random.nextBoolean()) {
                    apply(table, newest);
                }
                assertGood(table, newest);
                table.close();
            }
        });
    }

    @Test
    void afterALossOfPowerTheFilesSinceTheForceMendTheTableOrThereIsNone() throws IOException {
        seeded(random -> {
            List<RecordingChannel.Step> steps = history(random, 12);
            int mended = 0;
            for (int end = published.get(1).steps(); end <= steps.size(); end++) {
                List<RecordingChannel.Step> left = lose(random, steps.subList(0, end));
                mended += mend(left, newest(end)) ? 1 : 0;
            }
            assertThat(mended).isPositive();
        });
    }

    @Test
    void aTornBlockIsNoTable() throws IOException {
        seeded(random -> {
            List<RecordingChannel.Step> steps = history(random, 6);
            byte[] content = RecordingChannel.replay(steps);
            for (RecordingChannel.Step step : steps) {
                if (step instanceof RecordingChannel.Write write && write.offset() > 0) {
                    tear(content, write);
                }
            }
        });
    }

    /// Half of an earlier version of the block over the final one.
    private void tear(byte[] content, RecordingChannel.Write write) throws IOException {
        int offset = (int) write.offset();
        if (offset >= content.length) {
            return;
        }
        byte[] torn = content.clone();
        System.arraycopy(write.bytes(), 0, torn, offset, HashBlock.SIZE / 2);
        boolean same = Arrays.equals(torn, content);
        boolean older = Arrays.equals(torn, offset, offset + 4096, write.bytes(), 0, 4096);
        Files.write(file(), torn);
        Optional<PageHashTable> table = PageHashTable.open(file());
        assertThat(table.isPresent()).isEqualTo(same || older);
        if (table.isPresent()) {
            table.get().close();
        }
    }

    /// Some updates, the first of which was forced, as were a few later ones.
    private List<RecordingChannel.Step> history(Random random, int updates) throws IOException {
        PageHashTable table = PageHashTable.create(file(), channel, 4096);
        long pageCount = 0;
        for (int i = 1; i <= updates; i++) {
            pageCount = RandomChanges.pageCount(random, pageCount);
            TreeMap<Long, Long> changes = RandomChanges.of(random, pageCount);
            Checksum tag = table.preview(pageCount, RandomChanges.walk(changes));
            int steps = channel.steps().size();
            published.add(new Published(new Txid(i), pageCount, changes, tag, steps));
            table.apply(pageCount, new Txid(i), RandomChanges.walk(changes));
            if (i == 1 || random.nextInt(4) == 0) {
                table.force();
            }
        }
        return channel.steps();
    }

    private Published newest(int steps) {
        return published.stream().filter(p -> p.steps() <= steps).toList().getLast();
    }

    /// Drops steps at random that were made since the last force.
    private static List<RecordingChannel.Step> lose(
            Random random, List<RecordingChannel.Step> steps) {
        int forced = steps.lastIndexOf(new RecordingChannel.Force());
        List<RecordingChannel.Step> left = new ArrayList<>(steps.subList(0, forced + 1));
        int keepOf8 = random.nextInt(9);
        for (RecordingChannel.Step step : steps.subList(forced + 1, steps.size())) {
            if (random.nextInt(8) < keepOf8) {
                left.add(step);
            }
        }
        return left;
    }

    private boolean mend(List<RecordingChannel.Step> steps, Published newest) throws IOException {
        Optional<PageHashTable> opened = open(steps);
        if (opened.isEmpty()) {
            return false;
        }
        try (PageHashTable table = opened.get()) {
            Txid durable = table.durableThrough().orElseThrow();
            for (Published update : published) {
                if (update.txid().isAfter(durable) && !update.txid().isAfter(newest.txid())) {
                    apply(table, update);
                }
            }
            assertGood(table, newest);
        }
        return true;
    }

    private static void apply(PageHashTable table, Published update) throws IOException {
        table.apply(update.pageCount(), update.txid(), RandomChanges.walk(update.changes()));
    }

    /// The checksum proves the table; that each hash is right shows that the proof is one.
    private void assertGood(PageHashTable table, Published newest) throws IOException {
        assertThat(table.checksum()).isEqualTo(newest.tag());
        assertThat(table.txid()).contains(newest.txid());
        assertThat(table.pageCount()).isEqualTo(newest.pageCount());
        TreeMap<Long, Long> model = new TreeMap<>();
        for (Published update : published) {
            if (!update.txid().isAfter(newest.txid())) {
                model.putAll(update.changes());
                model.tailMap(update.pageCount(), false).clear();
            }
        }
        for (long page = 1; page <= newest.pageCount() + 600; page++) {
            if (table.get(page) != model.getOrDefault(page, 0L)) {
                throw new AssertionError("the hash of page %d is wrong".formatted(page));
            }
        }
    }

    private Optional<PageHashTable> open(List<RecordingChannel.Step> steps) throws IOException {
        Files.write(file(), RecordingChannel.replay(steps));
        return PageHashTable.open(file());
    }

    private Path file() {
        return directory.resolve("table");
    }

    private interface Scenario {
        void run(Random random) throws IOException;
    }

    private static void seeded(Scenario scenario) {
        long seed = new Random().nextLong();
        try {
            scenario.run(new Random(seed));
        } catch (IOException | RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed, failure);
        }
    }
}
