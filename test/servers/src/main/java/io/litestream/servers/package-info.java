/// What tests replicate to: a real server of S3's protocol, and a proxy with faults in front of it.
@NullMarked
package io.litestream.servers;

import org.jspecify.annotations.NullMarked;
