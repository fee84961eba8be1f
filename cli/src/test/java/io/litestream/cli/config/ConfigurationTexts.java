package io.litestream.cli.config;

import java.nio.file.Path;
import java.util.Map;

/// Reads configurations out of text blocks.
final class ConfigurationTexts {

    static final UserPaths PATHS = new UserPaths(Path.of("/home/me"), Path.of("/here"));

    private ConfigurationTexts() {}

    static Configuration read(String text) throws ConfigurationException {
        return new ConfigurationFile(Map.of(), PATHS).parse("f.yml", text);
    }

    /// Reads a configuration in an environment.
    static Configuration read(String text, Map<String, String> environment)
            throws ConfigurationException {
        return new ConfigurationFile(environment, PATHS).parse("f.yml", text);
    }

    /// Reads a configuration of one database with these further keys, in lines from 3 on.
    static DatabaseConfiguration database(String keys) throws ConfigurationException {
        return read("dbs:\n  - path: /db\n" + keys.indent(4) + "    replica: {path: /r}\n")
                .databases()
                .getFirst();
    }

    /// Reads a configuration of one database and one replica, with these further keys of all, of
    /// the one and of the other.
    static DatabaseConfiguration database(String root, String database, String replica)
            throws ConfigurationException {
        return read(root
                        + "\ndbs:\n  - path: /db\n"
                        + database.indent(4)
                        + "    replica:\n      path: /r\n"
                        + replica.indent(6))
                .databases()
                .getFirst();
    }

    /// Reads a configuration of one replica with these further keys, in lines from 5 on.
    static ReplicaConfiguration replica(String keys) throws ConfigurationException {
        return read("dbs:\n  - path: /db\n    replica:\n      path: /r\n" + keys.indent(6))
                .databases()
                .getFirst()
                .replicas()
                .getFirst();
    }
}
