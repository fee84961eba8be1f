package io.litestream.storage.s3;

import io.litestream.storage.StorageException;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Finds out in which region a bucket is, where neither settings nor environment tell.
final class BucketRegion {

    static final String HEADER = "x-amz-bucket-region";

    /// Answers for the buckets of every region, also without credentials.
    static final URI ANYWHERE = URI.create("https://s3.amazonaws.com");

    private final S3Options options;
    private final Connections connections;
    private final URI anywhere;

    /// @param anywhere the server that answers for the buckets of every region
    BucketRegion(S3Options options, Connections connections, URI anywhere) {
        this.options = options;
        this.connections = connections;
        this.anywhere = anywhere;
    }

    /// Returns the region.
    ///
    /// @throws StorageException.Unavailable if it must be asked for, and nobody answers
    String find() throws StorageException {
        Optional<String> known = options.region().or(this::ofProfile);
        if (known.isPresent()) {
            return known.get();
        }
        boolean isAsked = options.endpoint().isEmpty() && !options.bucket().startsWith("arn:");
        return isAsked ? ask() : options.provider().traits().region();
    }

    private Optional<String> ofProfile() {
        return options.provider().takesAnyRegion() ? profile() : Optional.empty();
    }

    private static Optional<String> profile() {
        try {
            return Optional.ofNullable(new AwsProfileRegionProvider().getRegion()).map(Region::id);
        } catch (SdkClientException _) { // no profile, or it names none
            return Optional.empty();
        }
    }

    private String ask() throws StorageException {
        String bucket = URLEncoder.encode(options.bucket(), StandardCharsets.UTF_8);
        try {
            HttpURLConnection connection = connections.open(anywhere.resolve("/" + bucket));
            connection.setRequestMethod("HEAD");
            connection.setInstanceFollowRedirects(false);
            connection.getResponseCode();
            String region = connection.getHeaderField(HEADER);
            return region == null ? options.provider().traits().region() : region;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw ConnectionFailure.of(
                    "find the region of bucket " + options.bucket(), anywhere.getHost(), e);
        }
    }
}
