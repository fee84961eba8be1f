import org.jspecify.annotations.NullMarked;

/// The command line: configuration, commands, and the one place where everything is put together.
@NullMarked
module io.litestream.cli {
    requires static com.google.errorprone.annotations;
    requires io.litestream.engine;
    requires io.litestream.ltx;
    requires io.litestream.replica;
    requires io.litestream.sqlite;
    requires io.litestream.storage;
    requires io.litestream.storage.s3;
    requires java.management;
    requires java.sql;
    requires jdk.unsupported;
    requires org.yaml.snakeyaml;

    provides System.LoggerFinder with
            io.litestream.cli.logging.LineLoggerFinder;
}
