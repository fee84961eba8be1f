/// The commands of the program.
package io.litestream.cli.command;
