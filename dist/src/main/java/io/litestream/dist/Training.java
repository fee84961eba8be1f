package io.litestream.dist;

import io.litestream.cli.Main;

/// Does once what users do most, so that the JVM learns which classes that takes.
///
/// It ends as the program does, in an orderly exit, without which there is no cache.
public final class Training {

    private Training() {}

    public static void main(String[] args) {
        Main.main(new String[] {"version"});
    }
}
