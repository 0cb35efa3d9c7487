/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.interception.ClusterGroups;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Groups as the test says. Thread-safe. */
record TestGroups(Map<String, Known> groups) implements ClusterGroups {

    enum Known {
        PRESENT,
        ABSENT,
        UNKNOWN,
        /** Remembered as there, though it is not. */
        DELETED
    }

    @Override
    public boolean canAsk() {
        return true;
    }

    @Override
    public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
        Map<String, Boolean> exist = new HashMap<>();
        for (String id : groupIds) {
            Known known = groups.getOrDefault(id, Known.ABSENT);
            if (known != Known.UNKNOWN) {
                exist.put(id, known != Known.ABSENT);
            }
        }
        return CompletableFuture.completedFuture(exist);
    }

    @Override
    public CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds) {
        groupIds.forEach(id -> groups.replace(id, Known.DELETED, Known.ABSENT));
        return exist(groupIds);
    }
}
