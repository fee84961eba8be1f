/// Files that appear whole or not at all, and the object store made of them.
package io.litestream.storage.file;
