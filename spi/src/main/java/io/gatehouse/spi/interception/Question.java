/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.Experimental;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What an operator asks about a request that nobody has sent. Immutable.
 *
 * @param api the request
 * @param resource what it is about; empty when nobody has said
 * @param address where it would come from
 */
@Experimental
public record Question(ApiKeys api, Optional<Resource> resource, InetAddress address) {

    /**
     * Something that a request is about, in Kafka's words. Immutable.
     *
     * @param type not UNKNOWN and not ANY
     * @param name as clients see it
     */
    public record Resource(ResourceType type, String name) {}
}
