/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An entry of a listener's {@code certificates}: one more key store, by a Kafka broker's property names. Immutable. */
public record CertificateConfig(
        @Description("The file of the key and its certificates.") @Key("ssl.keystore.location")
        Optional<String> location,

        @Description("PEM, PKCS12 or JKS.") @Key("ssl.keystore.type")
        Optional<String> type,

        @Description("The key store's password.") @Key("ssl.keystore.password") @Secret
        Optional<String> password,

        @Description("The key's password, where it has one of its own.") @Key("ssl.key.password") @Secret
        Optional<String> keyPassword,

        @Description("The key itself, as PEM, instead of a file.") @Key("ssl.keystore.key") @Secret
        Optional<String> key,

        @Description("The certificates that belong to it, as PEM.") @Key("ssl.keystore.certificate.chain")
        Optional<String> chain) {

    public CertificateConfig {
        if (location.isPresent() == key.isPresent()) {
            throw new IllegalArgumentException((key.isPresent() ? "both " : "neither ")
                    + "ssl.keystore.location " + (key.isPresent() ? "and" : "nor")
                    + " ssl.keystore.key (expected: one of them)");
        }
    }

    /** By Kafka's names. */
    public Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        location.ifPresent(value -> properties.put("ssl.keystore.location", value));
        type.ifPresent(value -> properties.put("ssl.keystore.type", value));
        password.ifPresent(value -> properties.put("ssl.keystore.password", value));
        keyPassword.ifPresent(value -> properties.put("ssl.key.password", value));
        key.ifPresent(value -> properties.put("ssl.keystore.key", value));
        chain.ifPresent(value -> properties.put("ssl.keystore.certificate.chain", value));
        return properties;
    }
}
