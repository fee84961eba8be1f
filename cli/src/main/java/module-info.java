import org.jspecify.annotations.NullMarked;

/// The command line: configuration, commands, and the one place where everything is put together.
@NullMarked
module io.litestream.cli {
    requires static com.google.errorprone.annotations;
    requires io.litestream.engine;
    requires org.apache.commons.cli;
    requires org.yaml.snakeyaml;
}
