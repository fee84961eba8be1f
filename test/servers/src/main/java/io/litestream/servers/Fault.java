package io.litestream.servers;

import java.time.Duration;
import java.util.List;

/// What a [FaultProxy] does with one request.
public sealed interface Fault {

    /// Nothing: the request goes on, and so does its answer.
    record None() implements Fault {}

    /// The request waits that long before it goes on.
    record Delay(Duration time) implements Fault {}

    /// Both ways take no more than so many bytes a second.
    record Slow(long bytesPerSecond) implements Fault {}

    /// The connection is reset before the request goes on: nothing was done.
    record ResetBefore() implements Fault {}

    /// The request goes on, and the connection is reset instead of an answer: it was done, and
    /// nobody says so.
    record ResetAfter() implements Fault {}

    /// The answer ends in the middle of its body.
    record Truncate() implements Fault {}

    /// One byte of the answer's body is another one.
    record Corrupt() implements Fault {}

    /// The request is swallowed: no answer ever comes, and nothing is done.
    record BlackHole() implements Fault {}

    /// The request goes on, half of the answer comes, and then nothing more.
    record Hang() implements Fault {}

    /// The server's own refusal, without the request having gone on.
    ///
    /// @param headers lines such as `Retry-After: 1`
    record Refuse(int status, List<String> headers) implements Fault {

        public Refuse {
            headers = List.copyOf(headers);
        }
    }

    /// The request goes on twice, the second time that much later, when nobody waits for it.
    record Repeat(Duration later) implements Fault {}
}
