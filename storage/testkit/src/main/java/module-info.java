import org.jspecify.annotations.NullMarked;

/// The contract test of object stores, and stores for tests: in memory, and with faults to switch
/// on.
@NullMarked
module io.litestream.storage.testkit {
    requires static com.google.errorprone.annotations;
    requires transitive io.litestream.storage;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
}
