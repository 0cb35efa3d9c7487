/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AuditLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AuditLog audit = new AuditLog();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void anEventIsOneLineOfJsonWhateverItHolds() {
        logger.setLevel(Level.INFO);
        AuditEvent event = new AuditEvent(Instant.parse("2026-11-23T08:10:00.123Z"), "authentication", Map.of())
                .with("outcome", "refused")
                .with("principal", "a\"}\n{\"event\":\"forged {}\"")
                .with("username", null)
                .with("groups", List.of("a", "b"));

        audit.write(() -> event);

        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(
                        "{\"time\":\"2026-11-23T08:10:00.123Z\",\"event\":\"authentication\",\"outcome\":\"refused\","
                                + "\"principal\":\"a\\\"}\\n{\\\"event\\\":\\\"forged {}\\\"\",\"groups\":[\"a\",\"b\"]}");
    }

    @Test
    void whereNobodyWantsEventsNoneIsMade() {
        logger.setLevel(Level.OFF);

        audit.write(() -> {
            throw new AssertionError("made");
        });

        assertThat(lines.list).isEmpty();
    }
}
