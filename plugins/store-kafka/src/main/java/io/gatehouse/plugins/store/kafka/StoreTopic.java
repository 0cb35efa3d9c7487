/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topic as it has to be: one partition, compacted and nothing else, so that it holds the last state of each resource for ever. */
final class StoreTopic {

    private static final long SECONDS = 10;

    private final KafkaStoreConfig config;

    StoreTopic(KafkaStoreConfig config) {
        this.config = config;
    }

    /**
     * Makes the topic when it is not there.
     *
     * @throws UncheckedIOException when the cluster does not answer
     * @throws IllegalArgumentException when the topic is another than it has to be
     */
    void require() {
        Map<String, Object> properties = new HashMap<>(config.properties());
        properties.put("default.api.timeout.ms", "10000");
        properties.put("request.timeout.ms", "5000");
        try (Admin admin = Admin.create(properties)) {
            if (!exists(admin)) {
                create(admin);
            }
            check(admin);
        } catch (ExecutionException e) {
            throw failed(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            throw failed("no answer within " + SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", e);
        }
    }

    private UncheckedIOException failed(String why, Throwable cause) {
        return new UncheckedIOException(
                "resources.config: topic " + config.topic() + " at "
                        + config.properties().get("bootstrap.servers") + " cannot be used: " + why,
                new IOException(cause));
    }

    private boolean exists(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        try {
            describe(admin);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private TopicDescription describe(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return admin.describeTopics(List.of(config.topic()))
                .allTopicNames()
                .get(SECONDS, TimeUnit.SECONDS)
                .get(config.topic());
    }

    private void create(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        Optional<Short> replicas =
                config.replicationFactor() < 0 ? Optional.empty() : Optional.of((short) config.replicationFactor());
        NewTopic topic = new NewTopic(config.topic(), Optional.of(1), replicas)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try {
            admin.createTopics(List.of(topic)).all().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Another gateway was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!exists(admin) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void check(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        int partitions = describe(admin).partitions().size();
        if (partitions != 1) {
            throw new IllegalArgumentException("resources.config: topic " + config.topic() + " has " + partitions
                    + " partitions (expected: 1, as the order of all changes counts)");
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, config.topic());
        Config found = admin.describeConfigs(List.of(resource))
                .all()
                .get(SECONDS, TimeUnit.SECONDS)
                .get(resource);
        String policy = found.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new IllegalArgumentException("resources.config: topic " + config.topic() + " has cleanup.policy="
                    + policy + ", which would lose resources (expected: cleanup.policy=compact)");
        }
    }
}
