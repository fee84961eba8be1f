package io.litestream.storage.s3;

import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Classes refusals of a store by what can be done about them, and says that.
///
/// What counts is the code of the refusal; where there is none, as in answers without content, the
/// status.
final class S3Failure {

    private final S3Options options;
    private final Clock clock;

    S3Failure(S3Options options, Clock clock) {
        this.options = options;
        this.clock = clock;
    }

    /// Returns the failure to `attempt`, as in "create object a/b".
    StorageException of(String attempt, RuntimeException failure) {
        return failure instanceof S3Exception refusal
                ? refused(attempt, refusal)
                : ConnectionFailure.of(attempt, options.host(), failure);
    }

    /// Returns the code of a refusal; empty if it has none.
    static String code(S3Exception refusal) {
        AwsErrorDetails details = refusal.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null ? "" : code;
    }

    private StorageException refused(String attempt, S3Exception refusal) {
        String code = code(refusal);
        Optional<String> reason = reason(code, refusal);
        if (reason.isPresent()) {
            return new StorageException.Rejected(told(attempt, reason.get()), refusal);
        }
        return switch (code) {
            case "AccessDenied" -> denied(attempt, refusal);
            case "RequestTimeout",
                    "OperationAborted",
                    "ConditionalRequestConflict",
                    "NoSuchUpload",
                    "BadDigest",
                    "InvalidDigest",
                    "XAmzContentSHA256Mismatch",
                    "IncompleteBody",
                    "InternalError",
                    "ServiceUnavailable",
                    "SlowDown",
                    "Throttling",
                    "TooManyRequests" ->
                    unavailable(attempt, refusal);
            default -> byStatus(attempt, refusal);
        };
    }

    private StorageException byStatus(String attempt, S3Exception refusal) {
        int status = refusal.statusCode();
        if (status == 403 && code(refusal).isEmpty()) {
            return denied(attempt, refusal);
        }
        boolean isForNow = status == 408 || status == 425 || status == 429 || status >= 500;
        if (isForNow && status != 501) {
            return unavailable(attempt, refusal);
        }
        return new StorageException.Rejected(
                told(attempt, "%s refuses it: %s".formatted(options.host(), words(refusal))),
                refusal);
    }

    /// Returns why a refusal is for good, and what a person can do about it.
    private Optional<String> reason(String code, S3Exception refusal) {
        Optional<String> region = wrongRegion(code, refusal);
        if (region.isPresent()) {
            return region;
        }
        return Optional.ofNullable(
                switch (code) {
                    case "NoSuchBucket" ->
                            "there is no bucket %s at %s; create it, or correct the bucket or the endpoint"
                                    .formatted(options.bucket(), options.host());
                    case "InvalidBucketName" ->
                            "%s is no name for a bucket; correct it".formatted(options.bucket());
                    case "InvalidAccessKeyId" ->
                            "%s does not know the access key id; correct access-key-id, or the endpoint if the key is of another provider"
                                    .formatted(options.host());
                    case "SignatureDoesNotMatch" ->
                            "the secret access key does not belong to the access key id; correct"
                                + " secret-access-key (or, behind a proxy that changes requests,"
                                + " the endpoint)";
                    case "ExpiredToken", "TokenRefreshRequired" ->
                            "the session token has expired; get new credentials";
                    case "InvalidToken" ->
                            "the session token is not valid; get new credentials, or remove the"
                                    + " token if the key is a permanent one";
                    case "RequestTimeTooSkewed", "RequestExpired" ->
                            "the clock of this machine is wrong%s; set it, and keep it by NTP"
                                    .formatted(skew(refusal));
                    case "InvalidObjectState" ->
                            "the object is in an archive; have it restored there first, or keep"
                                    + " replicas in another storage class";
                    case "InvalidStorageClass" ->
                            "the storage class is not known to %s; correct storage-class"
                                    .formatted(options.host());
                    default -> null;
                });
    }

    private Optional<String> wrongRegion(String code, S3Exception refusal) {
        int status = refusal.statusCode();
        boolean isWrong =
                switch (code) {
                    case "PermanentRedirect",
                            "TemporaryRedirect",
                            "AuthorizationHeaderMalformed",
                            "IllegalLocationConstraintException",
                            "InvalidRegionName",
                            "IncorrectEndpoint" ->
                            true;
                    default -> status == 301 || status == 307;
                };
        if (!isWrong) {
            return Optional.empty();
        }
        String there =
                header(refusal, BucketRegion.HEADER)
                        .map(name -> "is in region %s; set region to it".formatted(name))
                        .orElseGet(() ->
                                "is in another region (%s); set region, or correct the endpoint"
                                        .formatted(words(refusal)));
        return Optional.of("bucket %s %s".formatted(options.bucket(), there));
    }

    private String skew(S3Exception refusal) {
        return header(refusal, "Date")
                .flatMap(S3Failure::httpDate)
                .map(theirs ->
                        " by %d minutes"
                                .formatted(
                                        Duration.between(theirs, clock.instant())
                                                .abs()
                                                .toMinutes()))
                .orElse("");
    }

    private StorageException denied(String attempt, S3Exception refusal) {
        return new StorageException.Denied(
                told(
                        attempt,
                        "the credentials lack the right to do so in bucket %s; give it to them"
                                .formatted(options.bucket())),
                refusal);
    }

    private StorageException unavailable(String attempt, S3Exception refusal) {
        return new StorageException.Unavailable(
                told(
                        attempt,
                        "%s refuses it for now: %s".formatted(options.host(), words(refusal))),
                refusal,
                retryAfter(refusal));
    }

    private Duration retryAfter(S3Exception refusal) {
        String value = header(refusal, "Retry-After").orElse("").strip();
        if (value.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        return httpDate(value)
                .map(until -> Duration.between(clock.instant(), until))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }

    private static String words(S3Exception refusal) {
        AwsErrorDetails details = refusal.awsErrorDetails();
        String message = details == null ? null : details.errorMessage();
        return "status %d%s%s"
                .formatted(
                        refusal.statusCode(),
                        code(refusal).isEmpty() ? "" : ", " + code(refusal),
                        message == null || message.isBlank() ? "" : ", \"" + message + "\"");
    }

    private static String told(String attempt, String reason) {
        return "cannot %s: %s".formatted(attempt, reason);
    }

    private static Optional<String> header(S3Exception refusal, String name) {
        AwsErrorDetails details = refusal.awsErrorDetails();
        SdkHttpResponse response = details == null ? null : details.sdkHttpResponse();
        return response == null ? Optional.empty() : response.firstMatchingHeader(name);
    }

    private static Optional<Instant> httpDate(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
