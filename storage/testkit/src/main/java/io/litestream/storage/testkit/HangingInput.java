package io.litestream.storage.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Passes a stream on, one read after the other at a gate.
final class HangingInput extends FilterInputStream {

    private final Gate gate;

    HangingInput(InputStream in, Gate gate) {
        super(in);
        this.gate = gate;
    }

    @Override
    public int read() throws IOException {
        gate.pass();
        return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        gate.pass();
        return super.read(bytes, offset, length);
    }
}
