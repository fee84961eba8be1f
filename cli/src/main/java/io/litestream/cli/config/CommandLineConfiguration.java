package io.litestream.cli.config;

import io.litestream.engine.UpkeepSettings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Makes a configuration out of operands: one database, its destinations, and defaults for all
/// else.
public final class CommandLineConfiguration {

    /// Where operands stand.
    static final Location HERE = new Location("command line", 1, 1);

    private CommandLineConfiguration() {}

    /// Returns the configuration of this database.
    ///
    /// @param urls URLs or paths of destinations, at least one
    /// @throws ConfigurationException if one of them cannot be used, or is given twice
    public static Configuration of(
            Path database, List<String> urls, UserPaths paths, PlaceReader placeReader)
            throws ConfigurationException {
        PlaceRegister places = new PlaceRegister();
        List<ReplicaConfiguration> replicas = new ArrayList<>();
        Section section = new Section(Keys.REPLICA, HERE, "", Map.of());
        for (String url : urls) {
            ReplicaPlace place = placeReader.ofOperand(url);
            places.addReplica(place, HERE);
            List<String> taken = replicas.stream().map(ReplicaConfiguration::name).toList();
            replicas.add(
                    new ReplicaConfiguration(
                            ReplicaNames.unique(place.type(), taken),
                            place,
                            section.duration("sync-interval"),
                            OptionalLong.empty()));
        }
        ConfigurationReader reader = new ConfigurationReader(paths, placeReader);
        Configuration standard =
                reader.read(new Section(Keys.GLOBAL, HERE, "", Map.of()), List.of());
        return standard.with(
                List.of(
                        ConfigurationReader.database(
                                new Section(Keys.DATABASE, HERE, "", Map.of()),
                                database,
                                DatabaseConfiguration.standardMetaPath(database),
                                UpkeepSettings.DEFAULT,
                                replicas)));
    }
}
