/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.operations.AuditEvent;
import io.gatehouse.kernel.operations.AuditLog;
import io.gatehouse.kernel.resources.ResourceAudit;
import io.gatehouse.spi.resources.ResourceOutcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what operators do to the audit log. Thread-safe. */
record ChangeAudit(AuditLog log) implements ResourceAudit {

    @Override
    public void changed(
            String actor,
            ResourceOutcome outcome,
            @Nullable Map<String, Object> before,
            @Nullable Map<String, Object> after) {
        log.write(() -> AuditEvent.of("resource")
                .with("outcome", outcome.result().name().toLowerCase(Locale.ROOT))
                .with("actor", actor)
                .with("kind", outcome.kind())
                .with("name", outcome.name())
                .with("version", outcome.version().orElse(null))
                .with("before", before)
                .with("after", after));
    }

    /** Something that an interface for operators has to say. */
    void write(String event, Map<String, ?> fields) {
        log.write(() -> new AuditEvent(Instant.now(), event, new LinkedHashMap<>(fields)));
    }
}
