/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that an auditor may ask for: who logged in, who changed what. Never holds a secret. Immutable.
 *
 * @param event which kind it is, one of a few words, such as {@code authentication}
 * @param fields texts, numbers, booleans and lists of them, in the order in which they are shown
 */
public record AuditEvent(Instant time, String event, Map<String, Object> fields) {

    public AuditEvent {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** An event of now, without fields. */
    public static AuditEvent of(String event) {
        return new AuditEvent(Instant.now(), event, Map.of());
    }

    /** The same with one more field; without it when the value is null, as what is not known is left out. */
    public AuditEvent with(String field, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new AuditEvent(time, event, more);
    }
}
