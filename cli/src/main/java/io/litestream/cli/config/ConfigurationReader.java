package io.litestream.cli.config;

import io.litestream.cli.text.NearestName;
import io.litestream.cli.text.ShellWords;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the settings out of the checked sections of a configuration file.
final class ConfigurationReader {

    private final UserPaths paths;
    private final PlaceRegister places = new PlaceRegister();

    ConfigurationReader(UserPaths paths) {
        this.paths = paths;
    }

    Configuration read(Section root) throws ConfigurationException {
        List<DatabaseConfiguration> databases = new ArrayList<>();
        Optional<Value> entries = root.find("dbs");
        if (entries.isPresent()) {
            for (Section database : entries.get().sections()) {
                databases.add(database(database, root));
            }
        }
        return new Configuration(
                databases,
                exec(root),
                logging(root),
                root.duration("shutdown-sync-timeout"),
                root.duration("shutdown-sync-interval"));
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

    private DatabaseConfiguration database(Section section, Section root)
            throws ConfigurationException {
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
        return database(section, path, metaPath, replicas(section, root));
    }

    static DatabaseConfiguration database(
            Section section, Path path, Path metaPath, List<ReplicaConfiguration> replicas) {
        return new DatabaseConfiguration(
                path,
                metaPath,
                section.duration("monitor-interval"),
                section.duration("checkpoint-interval"),
                section.duration("busy-timeout"),
                (int) section.number("min-checkpoint-page-count"),
                Math.max(0, section.number("truncate-page-n")),
                section.number("max-sync-wal-bytes"),
                section.truth("restore-if-db-not-exists")
                        ? DatabaseConfiguration.WhenMissing.RESTORE
                        : DatabaseConfiguration.WhenMissing.WAIT,
                replicas);
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

    private List<ReplicaConfiguration> replicas(Section database, Section root)
            throws ConfigurationException {
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
        List<ReplicaConfiguration> replicas = new ArrayList<>();
        for (Section section : sections) {
            replicas.add(replica(section.withDefaults(root), replicas));
        }
        return replicas;
    }

    private ReplicaConfiguration replica(Section section, List<ReplicaConfiguration> others)
            throws ConfigurationException {
        ReplicaPlace place = place(section);
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
        return new ReplicaConfiguration(name, place, section.duration("sync-interval"));
    }

    private ReplicaPlace place(Section section) throws ConfigurationException {
        Optional<Value> type = section.find("type");
        if (type.isPresent() && !type.get().text().equals("file")) {
            throw wrongType(section, type.get());
        }
        Optional<Value> url = section.find("url").filter(value -> !value.text().isEmpty());
        Optional<Value> path = section.find("path").filter(value -> !value.text().isEmpty());
        if (url.isPresent() && path.isPresent()) {
            throw path.get()
                    .at()
                    .error(
                            "%s: cannot specify url & path for file replica"
                                    .formatted(section.path("path")));
        }
        if (path.isPresent() && ReplicaUrl.isUrl(path.get().text())) {
            throw path.get()
                    .at()
                    .error(
                            "%s: replica path cannot be a url, please use the 'url' field instead: %s"
                                    .formatted(section.path("path"), path.get().text()));
        }
        Value written =
                url.or(() -> path)
                        .orElseThrow(() ->
                                section.at()
                                        .error(
                                                "%s: file replica path required"
                                                        .formatted(section.path("path"))));
        try {
            return ReplicaUrl.parse(written.text(), paths);
        } catch (IllegalArgumentException e) {
            throw written.at().error(section.path("url") + ": " + e.getMessage());
        }
    }

    private static ConfigurationException wrongType(Section section, Value type) {
        String found = type.text();
        String name = section.path("type");
        return type.at()
                .error(
                        ReplicaUrl.TYPES.contains(found)
                                ? "%s: %s storage is not part of this version yet; use a file destination"
                                        .formatted(name, found)
                                : "%s: unknown replica type in config: \"%s\"; did you mean \"%s\"?"
                                        .formatted(
                                                name,
                                                found,
                                                NearestName.to(found, ReplicaUrl.TYPES)));
    }
}
