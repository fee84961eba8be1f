package io.litestream.storage.s3;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// What is wanted of a bucket. What is not set is left to the provider that the endpoint belongs to
/// ([S3Provider]), and to the environment.
///
/// ```java
/// S3Settings settings =
///         S3Settings.of("backups").region("eu-central-1").partSize(16 << 20).build();
/// ```
public final class S3Settings {

    /// The least size of a part, which S3 sets; the default too.
    public static final long LEAST_PART_BYTES = 5 << 20;

    /// The largest size of a part. Parts are kept in memory, `concurrency` of them.
    public static final long MOST_PART_BYTES = 1 << 30;

    /// The most parts that can be under way at once.
    public static final int MOST_CONCURRENCY = 64;

    /// What people mean by the least size: 5 MB as a million bytes each.
    private static final long MEANT_BY_LEAST = 5_000_000;

    private final Builder set;

    private S3Settings(Builder set) {
        this.set = set;
    }

    /// Begins the settings for a bucket, or for an access point by its ARN.
    public static Builder of(String bucket) {
        return new Builder(bucket);
    }

    /// Begins the settings for the bucket, region and endpoint of a location.
    public static Builder of(S3Location location) {
        Builder builder = new Builder(location.bucket());
        location.region().ifPresent(builder::region);
        location.endpoint().ifPresent(builder::endpoint);
        return builder;
    }

    /// Returns the name of the bucket, or the ARN of an access point.
    public String bucket() {
        return set.bucket;
    }

    /// Returns where requests go; if absent, to AWS.
    public Optional<URI> endpoint() {
        return Optional.ofNullable(set.endpoint);
    }

    /// Returns the region of the bucket; if absent, it is found out.
    public Optional<String> region() {
        return Optional.ofNullable(set.region);
    }

    Optional<S3Credentials> credentials() {
        return Optional.ofNullable(set.credentials);
    }

    Optional<Addressing> addressing() {
        return Optional.ofNullable(set.addressing);
    }

    Optional<PayloadSigning> payloadSigning() {
        return Optional.ofNullable(set.payloadSigning);
    }

    Optional<ContentMd5> contentMd5() {
        return Optional.ofNullable(set.contentMd5);
    }

    CertificateCheck certificateCheck() {
        return set.certificateCheck;
    }

    Optional<Path> certificateAuthorities() {
        return Optional.ofNullable(set.certificateAuthorities);
    }

    Optional<String> storageClass() {
        return Optional.ofNullable(set.storageClass);
    }

    Optional<S3Encryption> encryption() {
        return Optional.ofNullable(set.encryption);
    }

    long partSize() {
        return set.partSize;
    }

    Optional<Integer> concurrency() {
        return Optional.ofNullable(set.concurrency);
    }

    @Override
    public String toString() {
        return "s3://" + set.bucket + (set.endpoint == null ? "" : " at " + set.endpoint);
    }

    /// Collects settings. Each is checked when it is set.
    public static final class Builder {

        private final String bucket;
        private @Nullable URI endpoint;
        private @Nullable String region;
        private @Nullable S3Credentials credentials;
        private @Nullable Addressing addressing;
        private @Nullable PayloadSigning payloadSigning;
        private @Nullable ContentMd5 contentMd5;
        private CertificateCheck certificateCheck = CertificateCheck.VERIFY;
        private @Nullable Path certificateAuthorities;
        private @Nullable String storageClass;
        private @Nullable S3Encryption encryption;
        private long partSize = LEAST_PART_BYTES;
        private @Nullable Integer concurrency;

        private Builder(String bucket) {
            this.bucket = notBlank("bucket", bucket);
        }

        private Builder(Builder other) {
            this.bucket = other.bucket;
            this.endpoint = other.endpoint;
            this.region = other.region;
            this.credentials = other.credentials;
            this.addressing = other.addressing;
            this.payloadSigning = other.payloadSigning;
            this.contentMd5 = other.contentMd5;
            this.certificateCheck = other.certificateCheck;
            this.certificateAuthorities = other.certificateAuthorities;
            this.storageClass = other.storageClass;
            this.encryption = other.encryption;
            this.partSize = other.partSize;
            this.concurrency = other.concurrency;
        }

        /// Sends requests to this URL, as [S3Provider#endpoint] reads it.
        @CanIgnoreReturnValue
        public Builder endpoint(String url) {
            return endpoint(S3Provider.endpoint(url));
        }

        /// Sends requests to this URL.
        @CanIgnoreReturnValue
        public Builder endpoint(URI url) {
            this.endpoint = Objects.requireNonNull(url);
            return this;
        }

        /// Names the region of the bucket.
        @CanIgnoreReturnValue
        public Builder region(String name) {
            this.region = notBlank("region", name);
            return this;
        }

        /// Uses this key; by default, the one that AWS's own programs would use.
        @CanIgnoreReturnValue
        public Builder credentials(S3Credentials key) {
            this.credentials = Objects.requireNonNull(key);
            return this;
        }

        /// Names the bucket in the host or in the path.
        @CanIgnoreReturnValue
        public Builder addressing(Addressing style) {
            this.addressing = Objects.requireNonNull(style);
            return this;
        }

        /// Signs contents or does not.
        @CanIgnoreReturnValue
        public Builder payloadSigning(PayloadSigning signing) {
            this.payloadSigning = Objects.requireNonNull(signing);
            return this;
        }

        /// Sends checksums of contents or does not.
        @CanIgnoreReturnValue
        public Builder contentMd5(ContentMd5 md5) {
            this.contentMd5 = Objects.requireNonNull(md5);
            return this;
        }

        /// Checks the server's certificate or does not.
        @CanIgnoreReturnValue
        public Builder certificateCheck(CertificateCheck check) {
            this.certificateCheck = Objects.requireNonNull(check);
            return this;
        }

        /// Trusts the authorities of this PEM file too, beside those of the Java platform.
        @CanIgnoreReturnValue
        public Builder certificateAuthorities(Path pemFile) {
            this.certificateAuthorities = Objects.requireNonNull(pemFile);
            return this;
        }

        /// Keeps objects in this storage class, such as `STANDARD_IA`.
        @CanIgnoreReturnValue
        public Builder storageClass(String name) {
            this.storageClass = notBlank("storage class", name);
            return this;
        }

        /// Has objects encrypted so.
        @CanIgnoreReturnValue
        public Builder encryption(S3Encryption how) {
            this.encryption = Objects.requireNonNull(how);
            return this;
        }

        /// Uploads what is larger in parts of this many bytes: from 5 MiB on. 5 MB is taken for
        /// that.
        @CanIgnoreReturnValue
        public Builder partSize(long bytes) {
            if (bytes < MEANT_BY_LEAST || bytes > MOST_PART_BYTES) {
                throw new IllegalArgumentException(
                        "the part size is %d bytes, but must be from %d to %d"
                                .formatted(bytes, LEAST_PART_BYTES, MOST_PART_BYTES));
            }
            this.partSize = Math.max(bytes, LEAST_PART_BYTES);
            return this;
        }

        /// Uploads this many parts of an object at once.
        @CanIgnoreReturnValue
        public Builder concurrency(int parts) {
            if (parts < 1 || parts > MOST_CONCURRENCY) {
                throw new IllegalArgumentException(
                        "the concurrency is %d, but must be from 1 to %d"
                                .formatted(parts, MOST_CONCURRENCY));
            }
            this.concurrency = parts;
            return this;
        }

        /// Returns the settings.
        ///
        /// @throws IllegalArgumentException if a customer's key would go over the net in the clear
        public S3Settings build() {
            if (encryption instanceof S3Encryption.CustomerKey
                    && endpoint != null
                    && endpoint.getScheme().equals("http")
                    && !S3Provider.isLocal(endpoint.getHost())) {
                throw new IllegalArgumentException(
                        "the customer key would be sent in the clear to %s; use https"
                                .formatted(endpoint));
            }
            return new S3Settings(new Builder(this));
        }

        private static String notBlank(String what, String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("the %s is empty".formatted(what));
            }
            return value;
        }
    }
}
