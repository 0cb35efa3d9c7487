/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.wire.Apis;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Which versions a broker offers, of the APIs that the gateway knows: ids beyond them exist in the wild and are left out. Immutable.
 */
public final class BrokerVersions {

    private final short[] minimum = new short[Apis.COUNT];
    private final short[] maximum = new short[Apis.COUNT];
    private final List<SupportedFeatureKey> supportedFeatures;
    private final List<FinalizedFeatureKey> finalizedFeatures;
    private final long finalizedFeaturesEpoch;

    /** What a broker answered to ApiVersions. */
    BrokerVersions(ApiVersionsResponseData response) {
        java.util.Arrays.fill(maximum, (short) -1);
        for (ApiVersion api : response.apiKeys()) {
            if (Apis.byId(api.apiKey()) != null) {
                minimum[api.apiKey()] = api.minVersion();
                maximum[api.apiKey()] = api.maxVersion();
            }
        }
        this.supportedFeatures = List.copyOf(response.supportedFeatures());
        this.finalizedFeatures = List.copyOf(response.finalizedFeatures());
        this.finalizedFeaturesEpoch = response.finalizedFeaturesEpoch();
    }

    private BrokerVersions(BrokerVersions one, BrokerVersions other) {
        for (int api = 0; api < Apis.COUNT; api++) {
            minimum[api] = (short) Math.max(one.minimum[api], other.minimum[api]);
            maximum[api] = (short) Math.min(one.maximum[api], other.maximum[api]);
        }
        BrokerVersions newer = one.finalizedFeaturesEpoch >= other.finalizedFeaturesEpoch ? one : other;
        this.supportedFeatures = newer.supportedFeatures;
        this.finalizedFeatures = newer.finalizedFeatures;
        this.finalizedFeaturesEpoch = newer.finalizedFeaturesEpoch;
    }

    /** What all of them offer. */
    static BrokerVersions intersection(Collection<BrokerVersions> all) {
        return all.stream()
                .reduce(BrokerVersions::new)
                .orElseThrow(() -> new IllegalArgumentException("versions of no broker (expected: of at least one)"));
    }

    /** Lowest version; above {@link #maximum} when the API is not offered. */
    public short minimum(ApiKeys api) {
        return minimum[api.id];
    }

    /** Highest version; -1 when the API is not offered. */
    public short maximum(ApiKeys api) {
        return maximum[api.id];
    }

    /** The highest version that the broker and the gateway share; -1 when there is none. */
    public short usable(ApiKeys api) {
        short version = (short) Math.min(maximum[api.id], api.latestVersion());
        return version < Math.max(minimum[api.id], api.oldestVersion()) ? -1 : version;
    }

    public List<SupportedFeatureKey> supportedFeatures() {
        return supportedFeatures;
    }

    public List<FinalizedFeatureKey> finalizedFeatures() {
        return finalizedFeatures;
    }

    public long finalizedFeaturesEpoch() {
        return finalizedFeaturesEpoch;
    }
}
