/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Kafka's APIs by id without boxing: {@link ApiKeys#forId} goes through a map of {@code Integer}. */
public final class Apis {

    /** One more than the highest API id that the gateway knows; the size of tables by API id. */
    public static final int COUNT;

    private static final @Nullable ApiKeys[] BY_ID;

    static {
        int highest = 0;
        for (ApiKeys api : ApiKeys.values()) {
            highest = Math.max(highest, api.id);
        }
        COUNT = highest + 1;
        BY_ID = new ApiKeys[COUNT];
        for (ApiKeys api : ApiKeys.values()) {
            // Some ids are left over from brokers before KRaft: no version of them exists any more.
            BY_ID[api.id] = api.hasValidVersion() ? api : null;
        }
    }

    private static final Class<?>[] REQUEST_CLASSES = new Class<?>[COUNT];
    private static final Class<?>[] RESPONSE_CLASSES = new Class<?>[COUNT];

    static {
        for (ApiKeys api : ApiKeys.values()) {
            if (api.hasValidVersion()) {
                REQUEST_CLASSES[api.id] = api.messageType.newRequest().getClass();
                RESPONSE_CLASSES[api.id] = api.messageType.newResponse().getClass();
            }
        }
    }

    private Apis() {}

    /** The kafka-clients class of an API's requests. */
    public static Class<?> requestClass(ApiKeys api) {
        return REQUEST_CLASSES[api.id];
    }

    /** The kafka-clients class of an API's responses. */
    public static Class<?> responseClass(ApiKeys api) {
        return RESPONSE_CLASSES[api.id];
    }

    /** The API, or null when the gateway does not know the id. */
    public static @Nullable ApiKeys byId(int id) {
        return id >= 0 && id < COUNT ? BY_ID[id] : null;
    }

    /** Whether messages of this API and version have tagged fields and compact lengths (KIP-482). */
    public static boolean isFlexible(ApiKeys api, short version) {
        return api.requestHeaderVersion(version) >= 2;
    }

    /** Whether the header of a response has tagged fields: flexible versions, but never ApiVersions (KIP-511). */
    public static boolean hasTaggedResponseHeader(ApiKeys api, short version) {
        return api.responseHeaderVersion(version) >= 1;
    }
}
