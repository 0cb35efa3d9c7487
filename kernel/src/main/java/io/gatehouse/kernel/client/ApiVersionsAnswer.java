/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.broker.BrokerVersions;
import io.gatehouse.kernel.interception.Chain;
import io.gatehouse.kernel.interception.ClusterOperations;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway answers to ApiVersions: what the broker offers, cut to what the gateway knows and what the chain allows. APIs between
 * brokers are never offered, nor what cannot work through a gateway (delegation tokens belong to the gateway's own principal).
 */
final class ApiVersionsAnswer {

    /** Kafka answers Produce from 0 on, though it serves from 3 on, for librdkafka's probing (KAFKA-18659). */
    private static final short PRODUCE_MINIMUM = ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION;

    /** From v4 on AddPartitionsToTxn is for brokers only (KIP-890). */
    private static final short ADD_PARTITIONS_TO_TXN_MAXIMUM = 3;

    /** From v12 on Produce adds partitions to transactions by itself, which {@code transaction.version} 2 relies on. */
    private static final short PRODUCE_OF_TRANSACTION_VERSION_2 = 12;

    private static final String TRANSACTION_VERSION = "transaction.version";

    private static final Set<ApiKeys> BETWEEN_BROKERS = EnumSet.of(
            ApiKeys.ENVELOPE,
            ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE,
            ApiKeys.WRITE_SHARE_GROUP_STATE,
            ApiKeys.DELETE_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY);

    private static final Set<ApiKeys> DELEGATION_TOKENS = EnumSet.of(
            ApiKeys.CREATE_DELEGATION_TOKEN,
            ApiKeys.RENEW_DELEGATION_TOKEN,
            ApiKeys.EXPIRE_DELEGATION_TOKEN,
            ApiKeys.DESCRIBE_DELEGATION_TOKEN);

    private static final Set<ApiKeys> ANSWERED_HERE =
            EnumSet.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    private ApiVersionsAnswer() {}

    /** Whether an API is never for clients. */
    static boolean isNeverOffered(ApiKeys api, int version) {
        return !api.inScope(org.apache.kafka.common.message.ApiMessageType.ListenerType.BROKER)
                || BETWEEN_BROKERS.contains(api)
                || DELEGATION_TOKENS.contains(api)
                || (api == ApiKeys.ADD_PARTITIONS_TO_TXN && version > ADD_PARTITIONS_TO_TXN_MAXIMUM);
    }

    /**
     * The answer.
     *
     * @param versions of the node, or what all nodes offer
     * @param limits the chain; null when there is none yet
     * @param clusterOperations whether what acts on the whole cluster is offered
     */
    static ApiVersionsResponseData of(
            BrokerVersions versions, @Nullable Chain limits, boolean clusterOperations, short version) {
        ApiVersionsResponseData answer = new ApiVersionsResponseData();
        for (ApiKeys api : ApiKeys.brokerApis()) {
            boolean hidden = isNeverOffered(api, 0) || (!clusterOperations && ClusterOperations.isHidden(api));
            if (!hidden) {
                add(answer, api, versions, limits);
            }
        }
        addFeatures(answer, versions, version);
        return answer;
    }

    private static void add(
            ApiVersionsResponseData answer, ApiKeys api, BrokerVersions versions, @Nullable Chain limits) {
        if (ANSWERED_HERE.contains(api)) {
            answer.apiKeys().add(range(api, api.oldestVersion(), api.latestVersion()));
            return;
        }
        int minimum = Math.max(versions.minimum(api), api.oldestVersion());
        int maximum = Math.min(versions.maximum(api), api.latestVersion());
        if (api == ApiKeys.ADD_PARTITIONS_TO_TXN) {
            maximum = Math.min(maximum, ADD_PARTITIONS_TO_TXN_MAXIMUM);
        }
        if (limits != null) {
            minimum = limits.minimum(api, minimum);
            maximum = limits.maximum(api, maximum);
        }
        if (minimum > maximum) {
            return;
        }
        answer.apiKeys().add(range(api, api == ApiKeys.PRODUCE ? PRODUCE_MINIMUM : minimum, maximum));
    }

    private static ApiVersion range(ApiKeys api, int minimum, int maximum) {
        return new ApiVersion().setApiKey(api.id).setMinVersion((short) minimum).setMaxVersion((short) maximum);
    }

    private static void addFeatures(ApiVersionsResponseData answer, BrokerVersions versions, short version) {
        ApiVersion produce = answer.apiKeys().find(ApiKeys.PRODUCE.id);
        boolean oldTransactions = produce == null || produce.maxVersion() < PRODUCE_OF_TRANSACTION_VERSION_2;
        for (SupportedFeatureKey feature : versions.supportedFeatures()) {
            boolean lowered = oldTransactions && feature.name().equals(TRANSACTION_VERSION);
            if (version < 4 && feature.minVersion() < 1) {
                continue;
            }
            answer.supportedFeatures()
                    .add(feature.duplicate()
                            .setMaxVersion(lowered ? lowered(feature.maxVersion()) : feature.maxVersion()));
        }
        for (FinalizedFeatureKey feature : versions.finalizedFeatures()) {
            boolean lowered = oldTransactions && feature.name().equals(TRANSACTION_VERSION);
            answer.finalizedFeatures()
                    .add(feature.duplicate()
                            .setMaxVersionLevel(
                                    lowered ? lowered(feature.maxVersionLevel()) : feature.maxVersionLevel()));
        }
        answer.setFinalizedFeaturesEpoch(versions.finalizedFeaturesEpoch());
    }

    private static short lowered(short level) {
        return (short) Math.min(level, 1);
    }

    /** The answer to a version that the gateway does not know, in version 0: its own range, so that the client can ask again (KIP-511). */
    static ApiVersionsResponseData unsupportedVersion() {
        ApiVersionsResponseData answer = new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        answer.apiKeys()
                .add(range(
                        ApiKeys.API_VERSIONS,
                        ApiKeys.API_VERSIONS.oldestVersion(),
                        ApiKeys.API_VERSIONS.latestVersion()));
        return answer;
    }

    /** The answer to a client that means another cluster or node (KIP-1242). */
    static ApiVersionsResponseData rebootstrapRequired() {
        return new ApiVersionsResponseData().setErrorCode(Errors.REBOOTSTRAP_REQUIRED.code());
    }
}
