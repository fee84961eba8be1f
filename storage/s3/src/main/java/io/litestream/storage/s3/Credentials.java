package io.litestream.storage.s3;

import io.litestream.storage.Secret;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// The credentials for requests: those of the settings, or what AWS's own programs would find, in
/// the environment, in profiles, or from the machine.
final class Credentials implements AwsCredentialsProvider, SdkAutoCloseable {

    private final DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();

    private Credentials() {}

    static AwsCredentialsProvider of(S3Settings settings) {
        return settings.credentials()
                .<AwsCredentialsProvider>map(key -> StaticCredentialsProvider.create(fixed(key)))
                .orElseGet(Credentials::new);
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return chain.resolveCredentials();
        } catch (SdkClientException e) {
            throw new MissingException(e);
        }
    }

    @Override
    public void close() {
        chain.close();
    }

    private static AwsCredentials fixed(S3Credentials key) {
        String id = key.accessKeyId();
        String secret = key.secretAccessKey().reveal();
        return key.sessionToken()
                .map(Secret::reveal)
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(id, secret, token))
                .orElseGet(() -> AwsBasicCredentials.create(id, secret));
    }

    /// There are no credentials anywhere.
    @SuppressWarnings("serial") // never serialized
    static final class MissingException extends RuntimeException {

        static final String REMEDY =
                "no credentials are found; set access-key-id and secret-access-key, or"
                        + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile";

        MissingException(SdkClientException cause) {
            super(REMEDY, cause);
        }
    }
}
