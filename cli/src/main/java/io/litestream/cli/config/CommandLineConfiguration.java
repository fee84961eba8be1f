package io.litestream.cli.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Makes a configuration out of operands: one database, its destinations, and defaults for all
/// else.
public final class CommandLineConfiguration {

    private static final String FILE = "command line";

    private CommandLineConfiguration() {}

    /// Returns the configuration of this database.
    ///
    /// @param urls URLs or paths of destinations, at least one
    /// @throws ConfigurationException if one of them cannot be used, or is given twice
    /// @throws IllegalArgumentException if one of them is no place of this version
    public static Configuration of(Path database, List<String> urls, UserPaths paths)
            throws ConfigurationException {
        Location here = new Location(FILE, 1, 1);
        PlaceRegister places = new PlaceRegister();
        List<ReplicaConfiguration> replicas = new ArrayList<>();
        Section section = new Section(Keys.REPLICA, here, "", Map.of());
        for (String url : urls) {
            ReplicaPlace place = ReplicaUrl.parse(url, paths);
            places.addReplica(place, here);
            List<String> taken = replicas.stream().map(ReplicaConfiguration::name).toList();
            replicas.add(
                    new ReplicaConfiguration(
                            ReplicaNames.unique(place.type(), taken),
                            place,
                            section.duration("sync-interval")));
        }
        ConfigurationReader reader = new ConfigurationReader(paths);
        Configuration standard = reader.read(new Section(Keys.GLOBAL, here, "", Map.of()));
        return standard.with(
                List.of(
                        ConfigurationReader.database(
                                new Section(Keys.DATABASE, here, "", Map.of()),
                                database,
                                DatabaseConfiguration.standardMetaPath(database),
                                replicas)));
    }
}
