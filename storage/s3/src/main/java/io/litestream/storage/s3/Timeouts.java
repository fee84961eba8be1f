package io.litestream.storage.s3;

import java.time.Duration;

/// How long a server may take.
///
/// @param connect until it accepts a connection
/// @param silence until it takes or gives another byte
/// @param call until a call without much content is answered
/// @param assembly until it has made one object of its parts
record Timeouts(Duration connect, Duration silence, Duration call, Duration assembly) {

    static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10));
}
