package io.litestream.cli.config;

import io.litestream.storage.Secret;
import io.litestream.storage.s3.S3Credentials;
import io.litestream.storage.s3.S3Encryption;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the credentials and the keys of a destination in S3.
final class S3Secrets {

    private static final String ID = "ACCESS_KEY_ID";
    private static final String SECRET = "SECRET_ACCESS_KEY";

    private final Section section;
    private final UserPaths paths;
    private final Map<String, String> environment;

    S3Secrets(Section section, UserPaths paths, Map<String, String> environment) {
        this.section = section;
        this.paths = paths;
        this.environment = environment;
    }

    /// Returns the key of the configuration, else that of the environment; none leaves it to the
    /// chain that AWS's own programs use.
    Optional<S3Credentials> credentials() throws ConfigurationException {
        Optional<Value> id = given("access-key-id");
        Optional<Value> secret = given("secret-access-key");
        if (id.isPresent() && secret.isPresent()) {
            return Optional.of(S3Credentials.of(id.get().text(), Secret.of(secret.get().text())));
        }
        Optional<Value> half = id.or(() -> secret);
        if (half.isPresent()) {
            throw half.get()
                    .at()
                    .error(
                            "%s: %s is missing; set both, or none of them to use those of the environment"
                                    .formatted(
                                            half.get().key().name(),
                                            id.isPresent()
                                                    ? "secret-access-key"
                                                    : "access-key-id"));
        }
        return ofEnvironment();
    }

    /// What begins with `LITESTREAM_` counts where the other is not set.
    private Optional<S3Credentials> ofEnvironment() throws ConfigurationException {
        Optional<String> id = variable("AWS_" + ID).or(() -> variable("LITESTREAM_" + ID));
        Optional<String> secret =
                variable("AWS_" + SECRET).or(() -> variable("LITESTREAM_" + SECRET));
        if (id.isEmpty() && secret.isEmpty()) {
            return Optional.empty();
        }
        if (id.isEmpty() || secret.isEmpty()) {
            String missing = id.isEmpty() ? ID : SECRET;
            throw new ConfigurationException(
                    "of the environment variables for S3, AWS_%s and LITESTREAM_%s are missing; set one of them, or none for the other"
                            .formatted(missing, missing));
        }
        return Optional.of(
                new S3Credentials(
                        id.get(),
                        Secret.of(secret.get()),
                        variable("AWS_SESSION_TOKEN")
                                .filter(_ -> variable("AWS_" + SECRET).isPresent())
                                .map(Secret::of)));
    }

    /// Returns how the store is to encrypt, if it is said.
    ///
    /// @param keyMd5 what should be the MD5 of the customer key, in base64
    Optional<S3Encryption> encryption(Optional<String> keyMd5) throws ConfigurationException {
        Optional<Value> customer = customerKey();
        Optional<Value> kms = given("sse-kms-key-id");
        if (kms.isPresent() && customer.isPresent()) {
            throw both(kms.get(), customer.get().key().name());
        }
        if (kms.isPresent()) {
            return Optional.of(new S3Encryption.KmsKey(kms.get().text()));
        }
        return customer.isPresent()
                ? Optional.of(customerKey(customer.get(), keyMd5))
                : withoutKey(keyMd5);
    }

    /// Returns the key of the replica itself, else the one for all. A file with a key goes before
    /// the key beside it.
    private Optional<Value> customerKey() {
        List<String> keys = List.of("sse-customer-key-path", "sse-customer-key");
        return keys.stream()
                .flatMap(key -> given(section.own(key)).stream())
                .findFirst()
                .or(() -> keys.stream().flatMap(key -> given(key).stream()).findFirst());
    }

    private Optional<S3Encryption> withoutKey(Optional<String> keyMd5)
            throws ConfigurationException {
        Optional<Value> algorithm = given("sse-customer-algorithm");
        if (algorithm.isPresent()) {
            throw algorithm
                    .get()
                    .at()
                    .error("sse-customer-algorithm: sse-customer-key or -key-path is missing");
        }
        if (keyMd5.isPresent()) {
            throw section.at().error("sseCustomerKeyMD5: sseCustomerKey is missing");
        }
        return Optional.empty();
    }

    private static ConfigurationException both(Value value, String other) {
        String key = value.key().name();
        return value.at().error("%s: cannot specify %s & %s".formatted(key, other, key));
    }

    private S3Encryption customerKey(Value written, Optional<String> keyMd5)
            throws ConfigurationException {
        String name = written.key().name();
        Optional<Value> algorithm = given("sse-customer-algorithm");
        if (algorithm.isPresent()
                && !algorithm.get().text().equals(S3Encryption.CustomerKey.AES256)) {
            throw algorithm
                    .get()
                    .at()
                    .error(
                            "sse-customer-algorithm: expected AES256 (got %s)"
                                    .formatted(algorithm.get().text()));
        }
        String text = name.equals("sse-customer-key") ? written.text() : read(written);
        S3Encryption.CustomerKey key;
        try {
            key = new S3Encryption.CustomerKey(S3Encryption.CustomerKey.AES256, Secret.of(text));
        } catch (IllegalArgumentException e) {
            throw written.at().error("%s: %s".formatted(name, e.getMessage()));
        }
        if (keyMd5.isPresent() && !keyMd5.get().equals(md5(text))) {
            throw written.at()
                    .error("%s: its MD5 is not the given sseCustomerKeyMD5".formatted(name));
        }
        return key;
    }

    private String read(Value path) throws ConfigurationException {
        Path file = paths.resolve(path.text());
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw path.at().error("%s: cannot read %s: %s".formatted(path.key().name(), file, e));
        }
    }

    private static String md5(String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64.strip());
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private Optional<Value> given(String key) {
        return given(section.find(key));
    }

    private static Optional<Value> given(Optional<Value> value) {
        return value.filter(given -> !given.text().isEmpty());
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
