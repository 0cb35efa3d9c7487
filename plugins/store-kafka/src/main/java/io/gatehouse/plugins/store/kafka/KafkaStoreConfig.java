/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import io.gatehouse.spi.config.Secret;
import java.util.Map;
import java.util.Set;

/** The configuration of the resource store {@code kafka}. Immutable. */
public record KafkaStoreConfig(
        @Secret @Description("Kafka's own client properties; bootstrap.servers at least.")
        Map<String, String> properties,

        @Description("The topic; made when it is not there.") @Default("gatehouse-resources")
        String topic,

        @Description("Replicas of a topic that is made; the cluster's default when left out.") @Default("-1")
        int replicationFactor) {

    private static final Set<String> OWN =
            Set.of("transactional.id", "group.id", "isolation.level", "enable.auto.commit", "key.serializer");

    public KafkaStoreConfig {
        if (properties.getOrDefault("bootstrap.servers", "").isBlank()) {
            throw new IllegalArgumentException(
                    "properties: no bootstrap.servers (expected: the addresses of the store's cluster)");
        }
        for (String name : properties.keySet()) {
            if (OWN.contains(name)) {
                throw new IllegalArgumentException(
                        "properties: " + name + " (expected: not to be set, as the store does)");
            }
        }
        if (replicationFactor == 0 || replicationFactor < -1) {
            throw new IllegalArgumentException("replicationFactor: " + replicationFactor
                    + " (expected: 1 or more, or -1 for the cluster's default)");
        }
    }
}
