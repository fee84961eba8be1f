/// Puts together what users run: the jars, the native libraries of this platform, and the AOT cache
/// that makes the program start quickly.
///
/// [Assembly] runs in the build and is not shipped; [Training] is shipped, since a cache counts
/// only for the class path with which it was made.
@NullMarked
package io.litestream.dist;

import org.jspecify.annotations.NullMarked;
