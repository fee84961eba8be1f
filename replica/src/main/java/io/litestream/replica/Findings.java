package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Txid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a verification has found so far. For one thread.
final class Findings {

    private final Damage damage = new Damage();
    private final List<String> wrong = new ArrayList<>();
    private final Set<VerificationReport.DamagedObject> objects = new LinkedHashSet<>();
    private final Set<ReplicaFile> read = new HashSet<>();
    private final Set<Txid> lost = new HashSet<>();
    private long bytes;

    private Optional<VerifiedPoint> point = Optional.empty();
    private Optional<RestorablePoints> points = Optional.empty();
    private Optional<String> open = Optional.empty();

    Damage damage() {
        return damage;
    }

    void damaged(ReplicaFile file, CorruptFileException what) {
        damage.add(file, what);
        objects.add(
                new VerificationReport.DamagedObject(
                        what.file(), String.valueOf(what.getMessage())));
    }

    /// Notes files that are sound each, but not together.
    void disagree(RestoreException.Damaged what) {
        String text = String.valueOf(what.getMessage());
        what.files().stream()
                .filter(key -> objects.stream().noneMatch(known -> known.key().equals(key)))
                .forEach(key -> objects.add(new VerificationReport.DamagedObject(key, text)));
        wrong.add(text);
    }

    /// Notes that a point cannot be had, or is not what it should be.
    void lost(Txid point) {
        lost.add(point);
    }

    void wrong(String what) {
        wrong.add(what);
    }

    /// Notes why something could not be compared.
    void open(String why) {
        if (open.isEmpty()) {
            open = Optional.of(why);
        }
    }

    void read(ReplicaFile file) {
        if (read.add(file)) {
            bytes += file.size();
        }
    }

    void point(VerifiedPoint verified) {
        point = Optional.of(verified);
    }

    void points(RestorablePoints of) {
        points = Optional.of(of.without(lost));
    }

    Optional<VerifiedPoint> point() {
        return point;
    }

    Optional<RestorablePoints> points() {
        return points;
    }

    List<VerificationReport.DamagedObject> objects() {
        return List.copyOf(objects);
    }

    long files() {
        return read.size();
    }

    long bytes() {
        return bytes;
    }

    Verdict verdict() {
        List<String> reasons = new ArrayList<>(wrong);
        List<String> others =
                damage.names().stream()
                        .filter(key -> wrong.stream().noneMatch(text -> text.contains(key)))
                        .toList();
        if (!others.isEmpty()) {
            reasons.add(
                    others.size() == 1
                            ? others.getFirst() + " is damaged"
                            : others.size() + " files are damaged");
        }
        points.filter(of -> !of.lost().isEmpty()).ifPresent(of -> reasons.add(lost(of)));
        if (!reasons.isEmpty()) {
            return new Verdict.Bad(String.join("; ", reasons));
        }
        return open.<Verdict>map(Verdict.Inconclusive::new).orElseGet(Verdict.Good::new);
    }

    private static String lost(RestorablePoints points) {
        int count = points.lost().size();
        return count == 1
                ? "the point at txid %s is lost".formatted(points.lost().getFirst())
                : "%d points are lost".formatted(count);
    }
}
