/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class GroupProblemsTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(GroupProblems.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final GroupProblems problems = new GroupProblems("local", nanos::get);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    @Test
    void eachCauseIsToldOnceAndAgainNotSoonWhileItLasts() {
        for (int i = 0; i < 10; i++) {
            problems.report("broker:9092: DescribeGroups: GROUP_AUTHORIZATION_FAILED");
            problems.report("broker:9092: DescribeGroups: NOT_COORDINATOR");
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("cluster local", "expected: "));

        nanos.addAndGet(GroupProblems.SILENT.toNanos());
        problems.report("broker:9092: DescribeGroups: NOT_COORDINATOR");
        assertThat(lines.list).hasSize(3);
    }
}
