package io.litestream.cli.command;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// What the build knows of itself.
///
/// @param release the version; empty if this is no release
/// @param commit the commit that it was built from, as 40 hex digits; empty if it is not known
/// @param commitTime when that was committed; empty if it is not known
/// @param tree whether the sources were those of the commit
record Version(String release, String commit, String commitTime, Tree tree) {

    /// Whether the sources were those of the commit.
    enum Tree {
        /// They were.
        CLEAN,
        /// Somebody had changed some of them.
        DIRTY
    }

    private static final String RESOURCE = "version.properties";

    private static final int SHORT_COMMIT = 12;

    /// Reads what the build wrote into its resource.
    static Version ofThisBuild() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        }
        String version = value(properties.getProperty("version"));
        return new Version(
                version.endsWith("-SNAPSHOT") ? "" : version,
                value(properties.getProperty("commit")),
                value(properties.getProperty("commit-time")),
                value(properties.getProperty("modified")).equals("true") ? Tree.DIRTY : Tree.CLEAN);
    }

    boolean isDirty() {
        return tree == Tree.DIRTY;
    }

    /// Returns the release, or what kind of build it is.
    @Override
    public String toString() {
        if (!release.isEmpty()) {
            return release;
        }
        if (commit.isEmpty()) {
            return "(development build)";
        }
        String shown = commit.substring(0, Math.min(SHORT_COMMIT, commit.length()));
        return "(development build " + shown + (isDirty() ? "-dirty)" : ")");
    }

    /// Returns a property, or nothing if the build did not fill it in.
    private static String value(@Nullable String property) {
        return property == null || property.startsWith("${") ? "" : property;
    }
}
