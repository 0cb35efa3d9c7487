/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ProvidedByGateway;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;

/**
 * The kernel's map between topic ids and names of one cluster, fed by the responses that pass. Names are the cluster's own, or, in
 * front of an interceptor that renames topics ({@link Subscriptions#topicNames}), its names. Thread-safe and non-blocking.
 */
@ProvidedByGateway
public interface TopicNames {

    /** The name, if it is known already. */
    Optional<String> nameOf(Uuid topicId);

    /**
     * The names, asking the cluster over the kernel's own connection for those that are not known yet. Ids that the cluster does not
     * know, or that it cannot be asked about within some seconds, are absent from the answer.
     *
     * @return completes on the event loop of the connection whose context gave this
     */
    CompletionStage<Map<Uuid, String>> namesOf(Collection<Uuid> topicIds);
}
