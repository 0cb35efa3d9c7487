/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: one line of JSON for each event, at INFO of the logger {@code io.gatehouse.audit}, which the shipped {@code logback.xml}
 * sends to a file of its own:
 *
 * <pre>{@code
 * {"time":"2026-11-23T08:10:00.123Z","event":"authentication","outcome":"success","method":"PLAIN","principal":"alice",...}
 * }</pre>
 *
 * Thread-safe; called on event loops, so it takes no longer than a line of the log does. Where nobody wants the events, none is made.
 */
public final class AuditLog {

    /** The logger of the events. */
    public static final String LOGGER = "io.gatehouse.audit";

    private static final Logger AUDIT = LoggerFactory.getLogger(LOGGER);
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Writes an event. */
    public void write(Supplier<AuditEvent> event) {
        if (AUDIT.isInfoEnabled()) {
            try {
                AUDIT.info("{}", json(event.get()));
            } catch (JsonProcessingException e) {
                log.error("An audit event could not be written", e);
            }
        }
    }

    static String json(AuditEvent event) throws JsonProcessingException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", event.time().toString());
        line.put("event", event.event());
        line.putAll(event.fields());
        return JSON.writeValueAsString(line);
    }
}
