package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;

import java.io.IOException;

/// One file of a plan is damaged: make another plan, without it.
@SuppressWarnings("serial") // never serialized
final class DamagedFileException extends IOException {

    private final ReplicaFile file;
    private final CorruptFileException damage;

    DamagedFileException(ReplicaFile file, CorruptFileException damage) {
        super(damage);
        this.file = file;
        this.damage = damage;
    }

    ReplicaFile file() {
        return file;
    }

    CorruptFileException damage() {
        return damage;
    }
}
