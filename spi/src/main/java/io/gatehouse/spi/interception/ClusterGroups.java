/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ProvidedByGateway;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The groups of the cluster behind a connection, of every type. Thread-safe and non-blocking. */
@ProvidedByGateway
public interface ClusterGroups {

    /**
     * Whether groups exist, in any state but dead: one that has nothing but committed offsets does. Asks the groups' coordinators over
     * connections of the gateway's own, remembers for 30 s what they say, and goes on with that while a coordinator cannot be asked.
     *
     * @param groupIds as the cluster knows them, whatever interceptors make of them
     * @return completes on the event loop of the connection whose context gave this; a group of which it cannot be known now is absent;
     *     exceptionally when it can never be known, as the gateway has no credentials for the cluster
     */
    CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds);
}
