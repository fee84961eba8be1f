/// The command `demo`: litestream at work on a database of its own, in processes as users run them.
package io.litestream.cli.demo;
