package io.litestream.storage.s3;

import io.litestream.storage.Secret;

import java.util.Base64;

/// How the store encrypts what it keeps, where its own default is not enough.
public sealed interface S3Encryption {

    /// With a key that every request brings (SSE-C); the store keeps no copy of it. Lose the key,
    /// and the replica is lost.
    ///
    /// @param algorithm `AES256`
    /// @param key 32 bytes in base64
    record CustomerKey(String algorithm, Secret key) implements S3Encryption {

        /// The only algorithm that there is.
        public static final String AES256 = "AES256";

        private static final int KEY_BYTES = 32;

        public CustomerKey {
            if (algorithm.isBlank()) {
                throw new IllegalArgumentException("the algorithm of the customer key is empty");
            }
            int bytes = decoded(key).length;
            if (bytes != KEY_BYTES) {
                throw new IllegalArgumentException(
                        "the customer key has %d bytes, but must have %d; make one with: openssl rand -base64 32"
                                .formatted(bytes, KEY_BYTES));
            }
        }

        byte[] bytes() {
            return decoded(key);
        }

        private static byte[] decoded(Secret key) {
            try {
                return Base64.getDecoder().decode(key.reveal().strip());
            } catch (IllegalArgumentException _) { // whose message would show a part of the key
                throw new IllegalArgumentException("the customer key is not in base64");
            }
        }
    }

    /// With a key of the provider's key management (SSE-KMS).
    record KmsKey(String id) implements S3Encryption {
        public KmsKey {
            if (id.isBlank()) {
                throw new IllegalArgumentException("the id of the KMS key is empty");
            }
        }
    }
}
