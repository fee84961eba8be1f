package io.litestream.cli.config;

import io.litestream.cli.text.ShellWords;
import io.litestream.engine.JournalMode;
import io.litestream.engine.UpkeepSettings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Makes the settings out of the checked sections of a configuration file.
final class ConfigurationReader {

    private final UserPaths paths;
    private final PlaceReader placeReader;
    private final PlaceRegister places = new PlaceRegister();

    ConfigurationReader(UserPaths paths, PlaceReader placeReader) {
        this.paths = paths;
        this.placeReader = placeReader;
    }

    Configuration read(Section root, List<String> warnings) throws ConfigurationException {
        List<DatabaseConfiguration> databases = new ArrayList<>();
        for (List<Section> entries : entries(root)) {
            databases.add(database(entries, root));
        }
        return new Configuration(
                databases,
                exec(root),
                logging(root),
                bandwidth(root),
                validationInterval(root),
                root.duration("shutdown-sync-timeout"),
                root.duration("shutdown-sync-interval"),
                warnings);
    }

    /// Returns the entries of each database. Several may name one and the same, each with other
    /// replicas; the first one has the settings.
    private Collection<List<Section>> entries(Section root) throws ConfigurationException {
        Map<Object, List<Section>> entries = new LinkedHashMap<>();
        for (Section entry : root.find("dbs").map(Value::sections).orElse(List.of())) {
            Optional<String> path = entry.text("path");
            Object database = path.isPresent() ? paths.database(path.get()) : entry;
            List<Section> same = entries.computeIfAbsent(database, _ -> new ArrayList<>());
            same.add(entry);
            if (same.size() > 1) {
                refuseSettings(entry, same.getFirst());
            }
        }
        return entries.values();
    }

    private static void refuseSettings(Section entry, Section first) throws ConfigurationException {
        for (Value value : entry.own()) {
            String key = value.key().name();
            if (!key.equals("path") && !key.equals("replica") && !key.equals("replicas")) {
                throw value.at()
                        .error(
                                "%s: this database is given in line %d already; its settings belong there, and only replicas here"
                                        .formatted(entry.path(key), first.at().line()));
            }
        }
    }

    private static Duration validationInterval(Section root) throws ConfigurationException {
        return Said.agreed(
                        Said.in(root, "validation", "interval"),
                        Said.in(root, "validation-interval"))
                .map(Said::duration)
                .orElse(Duration.ZERO);
    }

    private static List<String> exec(Section root) throws ConfigurationException {
        Optional<Value> value = root.find("exec");
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isList()) {
            return value.get().texts();
        }
        try {
            return ShellWords.split(value.get().text());
        } catch (IllegalArgumentException e) {
            throw value.get().at().error("exec: " + e.getMessage());
        }
    }

    private static LoggingConfiguration logging(Section root) throws ConfigurationException {
        Optional<Value> value = root.find("logging");
        if (value.isEmpty()) {
            return LoggingConfiguration.STANDARD;
        }
        Section section = value.get().section();
        return new LoggingConfiguration(
                level(section),
                format(section),
                section.truth("stderr")
                        ? LoggingConfiguration.Stream.ERROR
                        : LoggingConfiguration.Stream.OUTPUT,
                section.truth("source")
                        ? LoggingConfiguration.Source.SHOWN
                        : LoggingConfiguration.Source.HIDDEN);
    }

    private static System.Logger.Level level(Section section) throws ConfigurationException {
        Optional<Value> value = section.find("level");
        try {
            return LoggingConfiguration.level(value.map(Value::text).orElse("info"));
        } catch (IllegalArgumentException e) {
            throw value.orElseThrow()
                    .at()
                    .error(
                            "logging.level: expected trace, debug, info, warn or error (got %s)"
                                    .formatted(value.orElseThrow().text()));
        }
    }

    private static LoggingConfiguration.Format format(Section section)
            throws ConfigurationException {
        Optional<Value> value = section.find("type");
        String type = value.map(Value::text).orElse("text");
        return switch (type) {
            case "text" -> LoggingConfiguration.Format.TEXT;
            case "json" -> LoggingConfiguration.Format.JSON;
            case "pretty" -> LoggingConfiguration.Format.PRETTY;
            default ->
                    throw value.orElseThrow()
                            .at()
                            .error(
                                    "logging.type: expected text, json or pretty (got %s)"
                                            .formatted(type));
        };
    }

    private DatabaseConfiguration database(List<Section> entries, Section root)
            throws ConfigurationException {
        Section section = entries.getFirst();
        Value written =
                section.find("path")
                        .filter(value -> !value.text().isEmpty())
                        .orElseThrow(() ->
                                section.at()
                                        .error(
                                                "%s: must specify 'path'"
                                                        .formatted(section.path("path"))));
        Path path = path(section, written, paths.database(written.text()));
        Path metaPath =
                section.text("meta-path")
                        .map(paths::resolve)
                        .orElseGet(() -> DatabaseConfiguration.standardMetaPath(path));
        places.addDatabase(path, metaPath, written.at());
        List<Section> replicas = new ArrayList<>();
        for (Section entry : entries) {
            replicas.addAll(replicas(entry));
        }
        Duration snapshots = new SnapshotReader(section, root).interval(replicas);
        UpkeepSettings upkeep = new UpkeepReader(section, root, snapshots).read();
        RetentionReader retention = new RetentionReader(section, root, snapshots);
        return database(section, path, metaPath, upkeep, replicas(replicas, root, retention));
    }

    static DatabaseConfiguration database(
            Section section,
            Path path,
            Path metaPath,
            UpkeepSettings upkeep,
            List<ReplicaConfiguration> replicas)
            throws ConfigurationException {
        return new DatabaseConfiguration(
                path,
                metaPath,
                section.duration("monitor-interval"),
                section.duration("checkpoint-interval"),
                section.duration("busy-timeout"),
                journalMode(section),
                (int) section.number("min-checkpoint-page-count"),
                Math.max(0, section.number("truncate-page-n")),
                section.number("max-sync-wal-bytes"),
                upkeep,
                section.truth("restore-if-db-not-exists")
                        ? DatabaseConfiguration.WhenMissing.RESTORE
                        : DatabaseConfiguration.WhenMissing.WAIT,
                replicas);
    }

    private static JournalMode journalMode(Section section) throws ConfigurationException {
        Optional<Value> value = section.find("journal-mode");
        String mode = value.map(Value::text).orElse("auto");
        return switch (mode) {
            case "auto" -> JournalMode.AUTO;
            case "wal" -> JournalMode.WAL;
            case "keep" -> JournalMode.KEEP;
            default ->
                    throw value.orElseThrow()
                            .at()
                            .error(
                                    "%s: expected auto, wal or keep (got %s)"
                                            .formatted(section.path("journal-mode"), mode));
        };
    }

    private static Path path(Section section, Value written, Path path)
            throws ConfigurationException {
        if (path.getFileName() == null) {
            throw written.at()
                    .error(
                            "%s: expected the path of a file (got %s)"
                                    .formatted(section.path("path"), path));
        }
        return path;
    }

    private static List<Section> replicas(Section database) throws ConfigurationException {
        Optional<Value> one = database.find("replica");
        Optional<Value> many = database.find("replicas");
        if (one.isPresent() && many.isPresent()) {
            throw many.get()
                    .at()
                    .error(
                            "%s: cannot specify 'replica' and 'replicas' on a database; move all to 'replicas'"
                                    .formatted(database.path("replicas")));
        }
        List<Section> sections =
                one.map(value -> List.of(value.section()))
                        .or(() -> many.map(Value::sections))
                        .orElse(List.of());
        if (sections.isEmpty()) {
            throw database.at()
                    .error(
                            "%s: must specify replica for database"
                                    .formatted(database.path("replica")));
        }
        return sections;
    }

    private List<ReplicaConfiguration> replicas(
            List<Section> sections, Section root, RetentionReader retention)
            throws ConfigurationException {
        List<ReplicaConfiguration> replicas = new ArrayList<>();
        for (Section section : sections) {
            replicas.add(replica(section, root, replicas).with(retention.read(section)));
        }
        return replicas;
    }

    private ReplicaConfiguration replica(
            Section own, Section root, List<ReplicaConfiguration> others)
            throws ConfigurationException {
        Section section = own.withDefaults(root);
        ReplicaPlace place = placeReader.read(own, root);
        places.addReplica(place, section.at());
        List<String> taken = others.stream().map(ReplicaConfiguration::name).toList();
        Optional<String> given = section.text("name");
        if (given.isPresent() && taken.contains(given.get())) {
            throw section.find("name")
                    .orElseThrow()
                    .at()
                    .error(
                            "%s: another replica of this database has this name (got %s)"
                                    .formatted(section.path("name"), given.get()));
        }
        String name = given.orElseGet(() -> ReplicaNames.unique(place.type(), taken));
        return new ReplicaConfiguration(
                        name, place, section.duration("sync-interval"), bandwidth(own))
                .withValidation(own.own("validation-interval").map(Value::duration));
    }

    /// Returns how many bytes a second a section itself allows. That of the top level is for all
    /// together, and no default for each.
    static OptionalLong bandwidth(Section section) {
        return section.own("bandwidth").stream().mapToLong(Value::number).findFirst();
    }
}
