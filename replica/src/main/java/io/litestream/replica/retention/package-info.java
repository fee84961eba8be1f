/// Which files of a replica stay, and which go: pure functions of the inventory, the settings, the
/// pins, and the time.
package io.litestream.replica.retention;
