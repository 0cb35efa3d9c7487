/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.spi.interception.ClusterGroups;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Groups as one connection asks for them: what answers later does so on its event loop, where whoever asked has its state. Thread-safe. */
record LinkGroups(ClusterGroups ofCluster, EventExecutor eventLoop) implements ClusterGroups {

    @Override
    public boolean canAsk() {
        return ofCluster.canAsk();
    }

    @Override
    public CompletionStage<Map<String, Boolean>> exist(Collection<String> groupIds) {
        return onLoop(ofCluster.exist(groupIds));
    }

    @Override
    public CompletionStage<Map<String, Boolean>> stillExist(Collection<String> groupIds) {
        return onLoop(ofCluster.stillExist(groupIds));
    }

    private CompletionStage<Map<String, Boolean>> onLoop(CompletionStage<Map<String, Boolean>> asked) {
        CompletableFuture<Map<String, Boolean>> answer = new CompletableFuture<>();
        asked.whenComplete((exist, failure) -> {
            if (eventLoop.inEventLoop()) {
                complete(answer, exist, failure);
            } else {
                eventLoop.execute(() -> complete(answer, exist, failure));
            }
        });
        return answer;
    }

    private static void complete(
            CompletableFuture<Map<String, Boolean>> answer, Map<String, Boolean> exist, Throwable failure) {
        if (failure != null) {
            answer.completeExceptionally(failure);
            return;
        }
        answer.complete(exist);
    }
}
