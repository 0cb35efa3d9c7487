/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Which configurations a namespace may set, and which of their values are names. A key that does not stand here, such as one of a later
 * Kafka, or a throttle that is the operator's, cannot be set.
 */
final class ConfigRules {

    static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    static final byte GROUP = ConfigResource.Type.GROUP.id();

    /** The key of groups whose value is the name of a topic (KIP-1191). */
    static final String DEAD_LETTER_TOPIC = "errors.deadletterqueue.topic.name";

    private static final Set<String> TOPIC_KEYS = Set.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.COMPRESSION_TYPE_CONFIG,
            TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG,
            TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG,
            TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG,
            TopicConfig.DELETE_RETENTION_MS_CONFIG,
            TopicConfig.ERRORS_DEADLETTERQUEUE_GROUP_ENABLE_CONFIG,
            TopicConfig.FILE_DELETE_DELAY_MS_CONFIG,
            TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
            TopicConfig.FLUSH_MS_CONFIG,
            TopicConfig.INDEX_INTERVAL_BYTES_CONFIG,
            TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG,
            TopicConfig.LOCAL_LOG_RETENTION_MS_CONFIG,
            TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
            TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            "message.downconversion.enable",
            "message.format.version",
            TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
            TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
            "message.timestamp.difference.max.ms",
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
            TopicConfig.PREALLOCATE_CONFIG,
            TopicConfig.REMOTE_COPY_LAG_BYTES_CONFIG,
            TopicConfig.REMOTE_COPY_LAG_MS_CONFIG,
            TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG,
            TopicConfig.REMOTE_LOG_DELETE_ON_DISABLE_CONFIG,
            TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG,
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.SEGMENT_BYTES_CONFIG,
            TopicConfig.SEGMENT_INDEX_BYTES_CONFIG,
            TopicConfig.SEGMENT_JITTER_MS_CONFIG,
            TopicConfig.SEGMENT_MS_CONFIG,
            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);

    private static final Set<String> GROUP_KEYS = Set.of(
            "consumer.assignment.interval.ms",
            "consumer.assignor.offload.enable",
            "consumer.heartbeat.interval.ms",
            "consumer.session.timeout.ms",
            "errors.deadletterqueue.copy.record.enable",
            DEAD_LETTER_TOPIC,
            "share.assignment.interval.ms",
            "share.assignor.offload.enable",
            "share.auto.offset.reset",
            "share.delivery.count.limit",
            "share.heartbeat.interval.ms",
            "share.isolation.level",
            "share.partition.max.record.locks",
            "share.record.lock.duration.ms",
            "share.renew.acknowledge.enable",
            "share.session.timeout.ms",
            "streams.acceptable.recovery.lag",
            "streams.assignment.interval.ms",
            "streams.assignor.name",
            "streams.assignor.offload.enable",
            "streams.heartbeat.interval.ms",
            "streams.initial.rebalance.delay.ms",
            "streams.num.standby.replicas",
            "streams.num.warmup.replicas",
            "streams.rack.aware.assignment.tags",
            "streams.session.timeout.ms",
            "streams.task.offset.interval.ms");

    /** Resources without names of tenants, which the gateway hides unless the virtual cluster allows cluster operations. */
    private static final Set<Byte> OF_CLUSTER = Set.of(
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id());

    private ConfigRules() {}

    /** Whether resources of a type have no name that a namespace could own. */
    static boolean isOfCluster(byte type) {
        return OF_CLUSTER.contains(type);
    }

    /** Whether a key may be set. */
    static boolean isSettable(byte type, String key) {
        return type == TOPIC ? TOPIC_KEYS.contains(key) : type == GROUP && GROUP_KEYS.contains(key);
    }

    /** Says what becomes of the value of a configuration that is a name. */
    interface Values {
        /** @return why it is denied; null when the value was set */
        @Nullable
        Denial rename(String topic, Consumer<String> set);
    }

    /** Checks what a request sets, and renames values; why it may not, or null. */
    static @Nullable Denial check(Object resource, Values values) {
        if (resource instanceof IncrementalAlterConfigsRequestData.AlterConfigsResource altered) {
            for (var config : altered.configs()) {
                Denial denial = check(altered.resourceType(), config.name(), config.value(), config::setValue, values);
                if (denial != null) {
                    return denial;
                }
            }
        } else if (resource instanceof AlterConfigsRequestData.AlterConfigsResource altered) {
            for (var config : altered.configs()) {
                Denial denial = check(altered.resourceType(), config.name(), config.value(), config::setValue, values);
                if (denial != null) {
                    return denial;
                }
            }
        } else if (resource instanceof CreateTopicsRequestData.CreatableTopic topic) {
            for (var config : topic.configs()) {
                Denial denial = check(TOPIC, config.name(), config.value(), config::setValue, values);
                if (denial != null) {
                    return denial;
                }
            }
        } else if (resource instanceof StreamsGroupHeartbeatRequestData.TopicInfo topic) {
            for (var config : topic.topicConfigs()) {
                Denial denial = check(TOPIC, config.key(), config.value(), config::setValue, values);
                if (denial != null) {
                    return denial;
                }
            }
        }
        return null;
    }

    private static @Nullable Denial check(
            byte type, String key, @Nullable String value, Consumer<String> set, Values values) {
        if (!isSettable(type, key)) {
            return new Denial(Errors.POLICY_VIOLATION, "The config \"" + key + "\" cannot be set here.");
        }
        boolean names = type == GROUP && key.equals(DEAD_LETTER_TOPIC) && value != null && !value.isEmpty();
        return names ? values.rename(value, set) : null;
    }

    // ---- Kafka has one class of resource for each API and direction

    static byte type(Object resource) {
        if (resource instanceof DescribeConfigsRequestData.DescribeConfigsResource described) {
            return described.resourceType();
        }
        if (resource instanceof IncrementalAlterConfigsRequestData.AlterConfigsResource altered) {
            return altered.resourceType();
        }
        if (resource instanceof AlterConfigsRequestData.AlterConfigsResource altered) {
            return altered.resourceType();
        }
        if (resource instanceof DescribeConfigsResponseData.DescribeConfigsResult result) {
            return result.resourceType();
        }
        if (resource instanceof IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse result) {
            return result.resourceType();
        }
        if (resource instanceof AlterConfigsResponseData.AlterConfigsResourceResponse result) {
            return result.resourceType();
        }
        if (resource instanceof ListConfigResourcesResponseData.ConfigResource listed) {
            return listed.resourceType();
        }
        throw unexpected(resource);
    }

    static void setType(Object resource, byte type) {
        if (resource instanceof DescribeConfigsRequestData.DescribeConfigsResource described) {
            described.setResourceType(type);
        } else if (resource instanceof IncrementalAlterConfigsRequestData.AlterConfigsResource altered) {
            altered.setResourceType(type);
        } else if (resource instanceof AlterConfigsRequestData.AlterConfigsResource altered) {
            altered.setResourceType(type);
        } else if (resource instanceof DescribeConfigsResponseData.DescribeConfigsResult result) {
            result.setResourceType(type);
        } else if (resource instanceof IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse result) {
            result.setResourceType(type);
        } else if (resource instanceof AlterConfigsResponseData.AlterConfigsResourceResponse result) {
            result.setResourceType(type);
        } else {
            throw unexpected(resource);
        }
    }

    /** Whether a value of a request or a response is the name of a topic. */
    static boolean isTopicName(Object config) {
        return DEAD_LETTER_TOPIC.equals(key(config));
    }

    private static @Nullable String key(Object config) {
        if (config instanceof IncrementalAlterConfigsRequestData.AlterableConfig altered) {
            return altered.name();
        }
        if (config instanceof AlterConfigsRequestData.AlterableConfig altered) {
            return altered.name();
        }
        if (config instanceof DescribeConfigsResponseData.DescribeConfigsResourceResult result) {
            return result.name();
        }
        if (config instanceof DescribeConfigsResponseData.DescribeConfigsSynonym synonym) {
            return synonym.name();
        }
        // Of topics only, none of whose configurations is a name.
        return null;
    }

    private static IllegalStateException unexpected(Object resource) {
        return new IllegalStateException(resource.getClass() + " (expected: a resource of a config request)");
    }
}
