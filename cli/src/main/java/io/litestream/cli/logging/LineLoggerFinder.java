package io.litestream.cli.logging;

/// Makes [LineLogger]s the loggers of the whole process.
public final class LineLoggerFinder extends System.LoggerFinder {

    /// For the service loader.
    public LineLoggerFinder() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new LineLogger(name);
    }
}
