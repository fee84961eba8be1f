/// Log lines in the original's formats, behind `System.Logger`.
package io.litestream.cli.logging;
