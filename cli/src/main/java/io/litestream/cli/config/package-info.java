/// The configuration file: which keys there are, how they are read, and what comes out.
package io.litestream.cli.config;
