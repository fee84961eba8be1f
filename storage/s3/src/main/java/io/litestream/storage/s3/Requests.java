package io.litestream.storage.s3;

import io.litestream.storage.ObjectKey;

import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Makes requests to a bucket, with what the settings ask for: storage class and encryption.
final class Requests {

    private static final String ANY = "*";

    private final S3Options options;
    private final String bucket;
    private final String keyPrefix;

    /// @param keyPrefix stands before every key, as it is
    Requests(S3Options options, String keyPrefix) {
        this.options = options;
        this.keyPrefix = keyPrefix;
        this.bucket = options.bucket();
    }

    /// Whether an upload may take the place of an object.
    enum Condition {
        IF_ABSENT,
        NONE
    }

    PutObjectRequest put(ObjectKey key, Instant created, byte[] md5, Condition condition) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder()
                        .bucket(bucket)
                        .key(name(key))
                        .metadata(Timestamp.metadata(created));
        options.settings().storageClass().ifPresent(request::storageClass);
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        kmsKey().ifPresent(id ->
                request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id));
        if (options.contentMd5() == ContentMd5.SENT) {
            request.contentMD5(base64(md5));
        }
        if (condition == Condition.IF_ABSENT) {
            request.ifNoneMatch(ANY);
        }
        return request.build();
    }

    HeadObjectRequest head(ObjectKey key) {
        HeadObjectRequest.Builder request =
                HeadObjectRequest.builder().bucket(bucket).key(name(key));
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        return request.build();
    }

    /// @param range as in `bytes=0-9`; empty for the whole object
    GetObjectRequest get(ObjectKey key, Optional<String> range) {
        GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(bucket).key(name(key));
        range.ifPresent(request::range);
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        return request.build();
    }

    DeleteObjectRequest delete(ObjectKey key) {
        return DeleteObjectRequest.builder().bucket(bucket).key(name(key)).build();
    }

    ListObjectsV2Request.Builder list(String prefix) {
        return ListObjectsV2Request.builder().bucket(bucket).prefix(name(prefix));
    }

    CreateMultipartUploadRequest begin(ObjectKey key, Instant created) {
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder()
                        .bucket(bucket)
                        .key(name(key))
                        .contentType(ObjectCalls.CONTENT_TYPE)
                        .metadata(Timestamp.metadata(created));
        options.settings().storageClass().ifPresent(request::storageClass);
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        kmsKey().ifPresent(id ->
                request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id));
        return request.build();
    }

    UploadPartRequest part(ObjectKey key, String upload, int number, byte[] md5) {
        UploadPartRequest.Builder request =
                UploadPartRequest.builder()
                        .bucket(bucket)
                        .key(name(key))
                        .uploadId(upload)
                        .partNumber(number);
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        if (options.contentMd5() == ContentMd5.SENT) {
            request.contentMD5(base64(md5));
        }
        return request.build();
    }

    CompleteMultipartUploadRequest complete(
            ObjectKey key, String upload, List<CompletedPart> parts, Condition condition) {
        CompleteMultipartUploadRequest.Builder request =
                CompleteMultipartUploadRequest.builder()
                        .bucket(bucket)
                        .key(name(key))
                        .uploadId(upload)
                        .multipartUpload(CompletedMultipartUpload.builder().parts(parts).build());
        customerKey()
                .ifPresent(sse ->
                        request.sseCustomerAlgorithm(sse.algorithm)
                                .sseCustomerKey(sse.key)
                                .sseCustomerKeyMD5(sse.md5));
        if (condition == Condition.IF_ABSENT) {
            request.ifNoneMatch(ANY);
        }
        return request.build();
    }

    AbortMultipartUploadRequest abort(String key, String upload) {
        return AbortMultipartUploadRequest.builder()
                .bucket(bucket)
                .key(name(key))
                .uploadId(upload)
                .build();
    }

    ListMultipartUploadsRequest uploads(String prefix) {
        return ListMultipartUploadsRequest.builder().bucket(bucket).prefix(name(prefix)).build();
    }

    /// Returns what the server calls a key, or the beginning of one.
    String name(String key) {
        return keyPrefix + key;
    }

    private String name(ObjectKey key) {
        return name(key.value());
    }

    /// Returns the key that a server's name stands for. Some servers leave out slashes at the
    /// beginning of a name; other names are no keys of ours, and stay as they are.
    String key(String name) {
        if (name.startsWith(keyPrefix)) {
            return name.substring(keyPrefix.length());
        }
        String shorter = keyPrefix.replaceFirst("^/+", "");
        return name.startsWith(shorter) ? name.substring(shorter.length()) : name;
    }

    private Optional<CustomerKeyHeaders> customerKey() {
        return options.settings()
                .encryption()
                .filter(S3Encryption.CustomerKey.class::isInstance)
                .map(S3Encryption.CustomerKey.class::cast)
                .map(CustomerKeyHeaders::of);
    }

    private Optional<String> kmsKey() {
        return options.settings()
                .encryption()
                .filter(S3Encryption.KmsKey.class::isInstance)
                .map(S3Encryption.KmsKey.class::cast)
                .map(S3Encryption.KmsKey::id);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// What every request says that touches an object under a customer's key.
    private record CustomerKeyHeaders(String algorithm, String key, String md5) {

        static CustomerKeyHeaders of(S3Encryption.CustomerKey customer) {
            byte[] key = customer.bytes();
            return new CustomerKeyHeaders(
                    customer.algorithm(), base64(key), base64(Md5.of(key, 0, key.length)));
        }

        @Override
        public String toString() {
            return algorithm;
        }
    }
}
