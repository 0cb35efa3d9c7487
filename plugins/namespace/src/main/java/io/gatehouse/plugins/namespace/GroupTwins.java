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

    /**
     * Completes, on the event loop, when it is known of these additional names what they mean, or when it cannot be known now.
     *
     * @param still whether a group must not be meant because it was there some time ago
     */
    CompletionStage<OwnGroups> resolve(Set<String> additional, ClusterGroups groups, boolean still) {
        if (additional.isEmpty()) {
            return CompletableFuture.completedFuture(OwnGroups.NOT_ASKED);
        }
        Set<String> own =
                additional.stream().map(name -> namespace.prefix() + name).collect(Collectors.toSet());
        if (!groups.canAsk()) {
            return CompletableFuture.completedFuture(additionalOnly(own));
        }
        return (still ? groups.stillExist(own) : groups.exist(own)).handle((exist, failure) -> {
            if (failure != null) {
                log.debug(
                        "of groups with the prefix {} it is not known whether they exist", namespace.prefix(), failure);
                return new OwnGroups(Map.of());
            }
            exist.forEach((real, isThere) -> conflicts.report(
                    "group", real.substring(namespace.prefix().length()), namespace.groups(), isThere));
            return new OwnGroups(exist);
        });
    }

    /**
     * As {@link #resolve}, for a list that names some of the namespace's own itself: a group that its coordinator lists is there.
     *
     * @param listed additional names in the list
     * @param there those of which the list has the namespace's own
     */
    CompletionStage<OwnGroups> resolveListed(Set<String> listed, Set<String> there, ClusterGroups groups) {
        if (!groups.canAsk()) {
            return resolve(listed, groups, false);
        }
        Set<String> others =
                listed.stream().filter(name -> !there.contains(name)).collect(Collectors.toSet());
        return resolve(others, groups, false).thenApply(own -> {
            Map<String, Boolean> exist = new HashMap<>(own.exist());
            for (String name : there) {
                exist.put(namespace.prefix() + name, true);
                conflicts.report("group", name, namespace.groups(), true);
            }
            return new OwnGroups(exist);
        });
    }

    private OwnGroups additionalOnly(Set<String> own) {
        if (cannotAsk.compareAndSet(false, true)) {
            log.warn(
                    "additional groups of the namespace with the prefix {} hide its own of the same names: the cluster's groups cannot be asked for (expected: credentials of the gateway in the cluster's properties)",
                    namespace.prefix());
        }
        Map<String, Boolean> none = new HashMap<>();
        own.forEach(real -> none.put(real, false));
        return new OwnGroups(none);
    }
}
