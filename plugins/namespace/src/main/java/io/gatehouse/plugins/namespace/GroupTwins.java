/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import io.gatehouse.spi.interception.ClusterGroups;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the namespace's own groups of additional names are there. It depends on the cluster and on the name alone, so that all requests
 * of all connections to all gateways mean the same group. While there is none, nobody in the namespace can make one; while there is one,
 * its members keep it. Thread-safe.
 */
final class GroupTwins {

    private static final Logger log = LoggerFactory.getLogger(GroupTwins.class);

    private final Namespace namespace;
    private final ConflictReports conflicts;
    private final AtomicBoolean cannotAsk = new AtomicBoolean();

    GroupTwins(Namespace namespace, ConflictReports conflicts) {
        this.namespace = namespace;
        this.conflicts = conflicts;
    }

    /** Completes, on the event loop, when it is known of these additional names what they mean, or when it cannot be known now. */
    CompletionStage<OwnGroups> resolve(Set<String> additional, ClusterGroups groups) {
        if (additional.isEmpty()) {
            return CompletableFuture.completedFuture(OwnGroups.NOT_ASKED);
        }
        Set<String> own =
                additional.stream().map(name -> namespace.prefix() + name).collect(Collectors.toSet());
        return groups.exist(own).handle((exist, failure) -> {
            if (failure != null) {
                return additionalOnly(own, failure);
            }
            exist.forEach((real, isThere) -> conflicts.report(
                    "group", real.substring(namespace.prefix().length()), namespace.groups(), isThere));
            return new OwnGroups(exist);
        });
    }

    private OwnGroups additionalOnly(Set<String> own, Throwable failure) {
        if (cannotAsk.compareAndSet(false, true)) {
            log.warn(
                    "additional groups of the namespace with the prefix {} hide its own of the same names: {}",
                    namespace.prefix(),
                    failure.getMessage());
        }
        Map<String, Boolean> none = new HashMap<>();
        own.forEach(real -> none.put(real, false));
        return new OwnGroups(none);
    }
}
