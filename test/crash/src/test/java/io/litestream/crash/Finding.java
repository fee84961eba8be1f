package io.litestream.crash;

import java.io.Serial;

/// Something that the program must not do, or not be seen to do.
final class Finding extends RuntimeException {

    @Serial private static final long serialVersionUID = 1;

    Finding(String message) {
        super(message);
    }

    Finding(String message, Throwable cause) {
        super(message, cause);
    }

    static void unless(boolean expected, String message, Object... parameters) {
        if (!expected) {
            throw new Finding(message.formatted(parameters));
        }
    }
}
