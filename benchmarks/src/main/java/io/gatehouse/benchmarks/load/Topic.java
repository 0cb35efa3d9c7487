/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import org.apache.kafka.common.Uuid;

/** A topic of one partition, as clients know it. */
public record Topic(Uuid id, String name) {

    /** As clients know it from whom the start of names is hidden. */
    Topic without(String prefix) {
        return name.startsWith(prefix) ? new Topic(id, name.substring(prefix.length())) : this;
    }
}
