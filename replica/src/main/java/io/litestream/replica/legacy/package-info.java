/// Replicas of Litestream 0.3: what is in them, and which files give a state. Only read, never
/// written.
package io.litestream.replica.legacy;
