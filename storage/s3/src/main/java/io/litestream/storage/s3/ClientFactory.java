package io.litestream.storage.s3;

import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeParams;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

import java.util.List;

/// Makes the SDK's client as a bucket needs it: no repetitions, as there is one place for these,
/// above; and no checksums of its own, as our files have them, and uploads carry an MD5.
final class ClientFactory {

    private static final String USER_AGENT = "litestream";

    private ClientFactory() {}

    static S3Client create(S3Options options, String region, SdkHttpClient http) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClient(http)
                        .region(Region.of(region))
                        .credentialsProvider(Credentials.of(options.settings()))
                        .forcePathStyle(options.addressing() == Addressing.PATH)
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .expectContinueEnabled(false)
                                        .chunkedEncodingEnabled(false)
                                        .useArnRegionEnabled(true)
                                        .build())
                        .authSchemeProvider(new Signing(options.payloadSigning()))
                        .overrideConfiguration(overrides(options.provider().traits().quirk()));
        options.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static ClientOverrideConfiguration overrides(ProviderTraits.Quirk quirk) {
        ClientOverrideConfiguration.Builder builder =
                ClientOverrideConfiguration.builder()
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_PREFIX, USER_AGENT);
        switch (quirk) {
            case NONE -> {}
            case TIGRIS_CONSISTENCY -> builder.putHeader("X-Tigris-Consistent", "true");
            case UNSIGNED_ACCEPT_ENCODING ->
                    builder.addExecutionInterceptor(new WithoutAcceptEncoding());
        }
        return builder.build();
    }

    private static final class WithoutAcceptEncoding implements ExecutionInterceptor {
        @Override
        public SdkHttpRequest modifyHttpRequest(
                Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            return context.httpRequest().toBuilder().removeHeader("Accept-Encoding").build();
        }
    }

    /// The SDK's choice of how to sign, but for the content.
    private static final class Signing implements S3AuthSchemeProvider {

        private final S3AuthSchemeProvider choice = S3AuthSchemeProvider.defaultProvider();
        private final PayloadSigning payload;

        Signing(PayloadSigning payload) {
            this.payload = payload;
        }

        @Override
        public List<AuthSchemeOption> resolveAuthScheme(S3AuthSchemeParams params) {
            return choice.resolveAuthScheme(params).stream().map(this::withPayload).toList();
        }

        private AuthSchemeOption withPayload(AuthSchemeOption option) {
            return option.toBuilder()
                    .putSignerProperty(
                            AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED,
                            payload == PayloadSigning.SIGNED)
                    .putSignerProperty(AwsV4FamilyHttpSigner.CHUNK_ENCODING_ENABLED, false)
                    .build();
        }
    }
}
