/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.ResourceOutcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Is told of every change of a resource that came through an API, after it was stored. */
@FunctionalInterface
public interface ResourceAudit {

    /**
     * One resource was created, updated or deleted.
     *
     * @param actor who asked for it
     * @param before the document with secrets masked; null when there was none
     * @param after the document with secrets masked; null when there is none
     */
    void changed(
            String actor,
            ResourceOutcome outcome,
            @Nullable Map<String, Object> before,
            @Nullable Map<String, Object> after);
}
