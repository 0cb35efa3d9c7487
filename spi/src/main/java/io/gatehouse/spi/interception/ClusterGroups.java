/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ProvidedByGateway;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The groups of the cluster behind a connection, of every type: whether they exist, in any state but dead. One that has nothing but
 * committed offsets does. Thread-safe and non-blocking.
 */
@ProvidedByGateway
public interface ClusterGroups {

    /** Whether groups can ever be asked for; not so where the gateway has no credentials for the cluster. */
    boolean canAsk();

    /**
     * Whether groups exist. Asks the groups' coordinators over connections of the gateway's own and remembers what they say: for 30 s, for
     * 30 s more while they are asked anew, and as long as a coordinator cannot be asked.
     *
     * @param groupIds as the cluster knows them, whatever interceptors make of them
     * @return completes on the event loop of the connection whose context gave this; a group of which it cannot be known now is absent, as
     *     are those beyond what is asked for at once (2,000), and ids of more than 1,000 characters
     */
    CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds);

    /**
     * Whether groups exist, for what must not make one that has just been deleted, through any gateway: as {@link #exist}, but of a group
     * that was there when last asked for it counts only what its coordinator says to a question that begins after this call.
     *
     * @param groupIds see {@link #exist}
     * @return see {@link #exist}
     */
    CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds);
}
