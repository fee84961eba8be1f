package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.Txid;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

final class VerificationTest {

    private static final LiveState NOT_ASKED = new LiveState.Absent("not asked for");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(store);
    private final Replica replica = new Replica("test", faulty, KeyLayout.PLAIN);
    private final SkippingClock clock = new SkippingClock();

    @Test
    void findsASoundReplicaGoodAndWritesNothing() throws Exception {
        Line line = lineOf(6);
        fill(line);
        store.resetCounts();

        VerificationReport report = verify(VerificationScope.NEWEST, NOT_ASKED);

        assertThat(report.verdict()).isEqualTo(new Verdict.Good());
        VerifiedPoint point = report.point().orElseThrow();
        assertThat(point.txid()).isEqualTo(new Txid(6));
        assertThat(point.checksum()).isEqualTo(line.checksum(new Txid(6)));
        assertThat(point.time()).isEqualTo(Line.time(new Txid(6)));
        assertThat(point.proof()).isEqualTo(new Proof.Proven());
        assertThat(store.bytesWritten()).isZero();
        assertThat(store.openStreams()).isZero();
        assertThat(report.files()).isEqualTo(3);
    }

    @Test
    void namesTheDamagedFileAndThePointsLostWithIt() throws Exception {
        fill(lineOf(6));
        flipByte(file(0, 6, 6), -3);

        VerificationReport report = verify(VerificationScope.NEWEST, NOT_ASKED);

        assertThat(report.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(report.damaged())
                .extracting(VerificationReport.DamagedObject::key)
                .containsExactly("ltx/0/0000000000000006-0000000000000006.ltx");
        assertThat(report.points().orElseThrow().lost()).containsExactly(new Txid(6));
        assertThat(report.points().orElseThrow().intact()).containsExactlyElementsOf(txids(3, 5));
    }

    @Test
    void findsDamageBadThoughOtherFilesHoldTheSame() throws Exception {
        Line line = lineOf(6);
        fill(line);
        line.add(replica, 2, 4, 5, Line.Tags.ALL);
        flipByte(file(2, 4, 5), -3);

        VerificationReport report = verify(VerificationScope.NEWEST, NOT_ASKED);

        assertThat(report.verdict())
                .isEqualTo(
                        new Verdict.Bad("ltx/2/0000000000000004-0000000000000005.ltx is damaged"));
        assertThat(report.point()).isPresent();
        assertThat(report.points().orElseThrow().lost()).isEmpty();
    }

    @Test
    void readsEveryFileOnlyIfDeep() throws Exception {
        fill(lineOf(6));
        flipByte(file(0, 4, 4), -3);

        assertThat(verify(VerificationScope.NEWEST, NOT_ASKED).verdict())
                .isEqualTo(new Verdict.Good());
        VerificationReport deep = verify(VerificationScope.DEEP, NOT_ASKED);

        assertThat(deep.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(deep.damaged())
                .extracting(VerificationReport.DamagedObject::key)
                .containsExactly("ltx/0/0000000000000004-0000000000000004.ltx");
        assertThat(deep.points().orElseThrow().lost()).containsExactly(new Txid(4));
        assertThat(deep.files()).isEqualTo(5);
    }

    @Test
    void findsAMissingFile() throws Exception {
        fill(lineOf(6));
        replica.delete(file(0, 6, 6));
        replica.delete(file(1, 4, 5));
        replica.delete(file(0, 4, 4));

        VerificationReport report = verify(VerificationScope.NEWEST, NOT_ASKED);

        assertThat(report.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(report.verdict().toString())
                .contains("no file covers txid 0000000000000004 to 0000000000000004");
        assertThat(report.points().orElseThrow().lost()).containsExactly(new Txid(5));
        assertThat(report.points().orElseThrow().intact()).containsExactly(new Txid(3));
    }

    @Test
    void findsTwoHistoriesInOneReplica() throws Exception {
        Line line = lineOf(6);
        fill(line);
        Line other = new Line(99, 20);
        while (other.head().value() < 6) {
            other.commitSomething();
        }
        other.add(replica, 3, 4, 4, Line.Tags.ALL);

        VerificationReport report = verify(VerificationScope.DEEP, NOT_ASKED);

        assertThat(report.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(report.damaged())
                .extracting(VerificationReport.DamagedObject::key)
                .contains("ltx/3/0000000000000004-0000000000000004.ltx");
    }

    @Test
    void comparesWithTheLiveDatabaseAtItsTransaction() throws Exception {
        Line line = lineOf(6);
        fill(line);

        VerificationReport equal =
                verify(VerificationScope.NEWEST, live(5, line.checksum(txid(5))));
        VerificationReport other =
                verify(VerificationScope.NEWEST, live(5, line.checksum(txid(4))));

        assertThat(equal.verdict()).isEqualTo(new Verdict.Good());
        assertThat(equal.point().orElseThrow().txid()).isEqualTo(txid(5));
        assertThat(equal.point().orElseThrow().live()).isEqualTo(VerifiedPoint.Comparison.EQUAL);
        assertThat(other.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(other.verdict().toString())
                .contains(line.checksum(txid(4)).toString(), line.checksum(txid(5)).toString());
        assertThat(other.points().orElseThrow().lost()).containsExactly(txid(5));
    }

    @Test
    void isInconclusiveIfTheLiveDatabaseIsAtNoPointOfTheReplica() throws Exception {
        Line line = lineOf(7);
        fill(line);

        for (LiveState live :
                List.of(
                        live(7, line.checksum(txid(7))),
                        live(1, line.checksum(txid(1))),
                        new LiveState.Unknown("it moves on"))) {
            VerificationReport report = verify(VerificationScope.NEWEST, live);

            assertThat(report.verdict()).isInstanceOf(Verdict.Inconclusive.class);
            assertThat(report.point().orElseThrow().proof()).isEqualTo(new Proof.Proven());
        }
    }

    @Test
    void isInconclusiveWithoutAnythingToCompareWith() throws Exception {
        Line line = lineOf(2);
        line.add(replica, 9, 1, 2, Line.Tags.NONE);

        assertThat(verify(VerificationScope.DEEP, NOT_ASKED).verdict())
                .isInstanceOf(Verdict.Inconclusive.class);
        assertThat(verify(VerificationScope.DEEP, live(2, line.checksum(txid(2)))).verdict())
                .isEqualTo(new Verdict.Good());
    }

    @Test
    void findsAnEmptyReplicaBad() {
        assertThat(verify(VerificationScope.NEWEST, NOT_ASKED).verdict())
                .isEqualTo(
                        new Verdict.Bad("test holds no file, so nothing can be restored from it"));
    }

    @Test
    void isInconclusiveIfTheStoreDoesNotAnswer() throws Exception {
        fill(lineOf(6));
        faulty.injectEverywhere(
                Fault.failBefore(() -> new StorageException.Unavailable("no route", null)));

        assertThat(verify(VerificationScope.DEEP, NOT_ASKED).verdict())
                .isEqualTo(new Verdict.Inconclusive("cannot read from test: no route"));
    }

    @Test
    void findsAFileBadThatIsListedAndCannotBeOpened() throws Exception {
        fill(lineOf(6));
        ObjectKey key = replica.key(file(0, 4, 4));
        faulty.inject(
                Operation.OPEN,
                key::equals,
                Fault.failBefore(() -> new StorageException.NotFound(key)));

        VerificationReport report = verify(VerificationScope.DEEP, NOT_ASKED);

        assertThat(report.verdict()).isInstanceOf(Verdict.Bad.class);
        assertThat(report.points().orElseThrow().lost()).containsExactly(txid(4));
    }

    @Test
    void endsWhenItIsCalledOff() throws Exception {
        fill(lineOf(6));
        AtomicInteger asked = new AtomicInteger();
        VerificationEffort effort =
                new VerificationEffort(2, Long.MAX_VALUE, () -> asked.incrementAndGet() > 5);

        VerificationReport report =
                new Verification(replica, clock, effort).run(VerificationScope.NEWEST, NOT_ASKED);

        assertThat(report.verdict()).isInstanceOf(Verdict.Inconclusive.class);
        assertThat(store.openStreams()).isZero();
    }

    @Test
    void keepsToItsPace() throws Exception {
        fill(lineOf(6));
        VerificationEffort effort = new VerificationEffort(1, 1000, () -> false);
        Instant before = clock.instant();

        VerificationReport report =
                new Verification(replica, clock, effort).run(VerificationScope.NEWEST, NOT_ASKED);

        Duration least = Duration.ofMillis(report.bytes());
        assertThat(Duration.between(before, clock.instant())).isGreaterThanOrEqualTo(least);
    }

    /// Some bits of an LZ4 block mean nothing: a file that still decodes to the same is sound.
    @Test
    void findsAnyFlippedBitThatChangesAFile() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int harmless = 0;
        for (int round = 0; round < 200; round++) {
            store.keys().forEach(store::delete);
            Line line = lineOf(6);
            fill(line);
            List<ReplicaFile> files = replica.inventory().files();
            ReplicaFile victim = files.get(random.nextInt(files.size()));
            List<String> before = pages(victim);
            flipByte(victim, random.nextInt((int) victim.size()));

            Verdict verdict = verify(VerificationScope.DEEP, NOT_ASKED).verdict();
            if (verdict.equals(new Verdict.Good())) {
                assertThat(pages(victim))
                        .as("seed %d, round %d, %s", seed, round, victim)
                        .isEqualTo(before);
                harmless++;
            }
        }
        assertThat(harmless).as("seed %d", seed).isLessThan(40);
    }

    private List<String> pages(ReplicaFile file) throws IOException {
        List<String> pages = new ArrayList<>();
        try (LtxDecoder decoder = new LtxDecoder(replica.open(file), file.name())) {
            pages.add(decoder.header().toString());
            while (decoder.next()) {
                pages.add(decoder.pageNumber() + HexFormat.of().formatHex(decoder.page()));
            }
        }
        return pages;
    }

    /// A snapshot at 3, slots 4 to 6, and a file that merges 4 and 5.
    private void fill(Line line) throws IOException {
        line.add(replica, 9, 1, 3, Line.Tags.ALL);
        line.add(replica, 0, 4, 4, Line.Tags.ALL);
        line.add(replica, 0, 5, 5, Line.Tags.ALL);
        line.add(replica, 1, 4, 5, Line.Tags.ALL);
        line.add(replica, 0, 6, 6, Line.Tags.ALL);
    }

    private static Line lineOf(int transactions) {
        Line line = new Line(7, 20);
        while (line.head().value() < transactions) {
            line.commitSomething();
        }
        return line;
    }

    private VerificationReport verify(VerificationScope scope, LiveState live) {
        return new Verification(replica, clock, VerificationEffort.FULL).run(scope, live);
    }

    private static LiveState live(long txid, Checksum checksum) {
        return new LiveState.At(txid(txid), checksum);
    }

    private static Txid txid(long value) {
        return new Txid(value);
    }

    private static List<Txid> txids(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(Txid::new).toList();
    }

    private ReplicaFile file(int level, long first, long last) throws IOException {
        return replica.inventory().files(new Level(level)).stream()
                .filter(file -> file.range().first().value() == first)
                .filter(file -> file.range().last().value() == last)
                .findFirst()
                .orElseThrow();
    }

    /// @param offset from the end, if negative
    private void flipByte(ReplicaFile file, long offset) throws IOException {
        ObjectKey key = replica.key(file);
        byte[] bytes;
        try (InputStream in = store.open(key)) {
            bytes = in.readAllBytes();
        }
        bytes[(int) (offset < 0 ? bytes.length + offset : offset)] ^= 1;
        store.replace(key, Instant.EPOCH, out -> out.write(bytes));
    }
}
