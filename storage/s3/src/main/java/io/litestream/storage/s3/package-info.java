/// Objects in a bucket of S3, or of a store that speaks as S3 does.
///
/// [io.litestream.storage.s3.S3Location] reads an URL, [io.litestream.storage.s3.S3Settings] says
/// what is wanted, [io.litestream.storage.s3.S3Provider] what the provider needs, and
/// [io.litestream.storage.s3.S3ObjectStore] keeps the objects.
@NullMarked
package io.litestream.storage.s3;

import org.jspecify.annotations.NullMarked;
