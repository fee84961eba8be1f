/// How values are written and read as text: durations, sizes, tables, JSON, command lines.
package io.litestream.cli.text;
