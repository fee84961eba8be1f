/// Flags of a command line, read as Go's `flag` package reads them.
package io.litestream.cli.flag;
