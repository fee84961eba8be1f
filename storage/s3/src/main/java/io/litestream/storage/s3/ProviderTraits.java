package io.litestream.storage.s3;

import com.google.errorprone.annotations.Immutable;

/// What requests to a provider are like where the settings do not say.
///
/// @param region the one that is named where neither settings nor host name one
@Immutable
record ProviderTraits(
        Addressing addressing,
        String region,
        ContentMd5 contentMd5,
        int concurrency,
        ConditionalCreate conditionalCreate,
        Quirk quirk) {

    static final ProviderTraits PATH = new ProviderTraits(Addressing.PATH);
    static final ProviderTraits VIRTUAL_HOST = new ProviderTraits(Addressing.VIRTUAL_HOST);

    /// Whether `If-None-Match: *` keeps an upload from replacing an object.
    enum ConditionalCreate {
        /// The provider says that it does.
        HONOURED,

        /// It depends on who answers, or on the version, and is found out.
        FOUND_OUT
    }

    /// What a provider alone needs.
    enum Quirk {
        NONE,

        /// A header on each request, without which an answer may be an old one.
        TIGRIS_CONSISTENCY,

        /// `Accept-Encoding` changes on the way, and so must not be signed.
        UNSIGNED_ACCEPT_ENCODING
    }

    private ProviderTraits(Addressing addressing) {
        this(addressing, "us-east-1", ContentMd5.SENT, 5, ConditionalCreate.FOUND_OUT, Quirk.NONE);
    }

    ProviderTraits region(String name) {
        return new ProviderTraits(
                addressing, name, contentMd5, concurrency, conditionalCreate, quirk);
    }

    ProviderTraits contentMd5(ContentMd5 md5) {
        return new ProviderTraits(addressing, region, md5, concurrency, conditionalCreate, quirk);
    }

    ProviderTraits concurrency(int parts) {
        return new ProviderTraits(addressing, region, contentMd5, parts, conditionalCreate, quirk);
    }

    ProviderTraits creating(ConditionalCreate create) {
        return new ProviderTraits(addressing, region, contentMd5, concurrency, create, quirk);
    }

    ProviderTraits quirk(Quirk one) {
        return new ProviderTraits(
                addressing, region, contentMd5, concurrency, conditionalCreate, one);
    }
}
