/// The contract test of object stores, and stores for tests.
package io.litestream.storage.testkit;
