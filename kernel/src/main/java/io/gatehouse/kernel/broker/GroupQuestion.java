/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import java.util.concurrent.CompletableFuture;

/** Whether one group exists, on its way to the group's coordinator. Thread-safe. */
final class GroupQuestion {

    private final String groupId;
    private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
    private volatile boolean sent;

    GroupQuestion(String groupId) {
        this.groupId = groupId;
    }

    String groupId() {
        return groupId;
    }

    /** Exceptionally when the coordinator did not say. */
    CompletableFuture<Boolean> answer() {
        return answer;
    }

    /** From now on the answer may be of before somebody asks. */
    void send() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }
}
