/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a part of the gateway logs while it is open, from a level on. */
final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger;
    private final Level least;
    private final @Nullable Level before;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private CapturedLog(Logger logger, Level least) {
        this.logger = logger;
        this.least = least;
        this.before = logger.getLevel();
    }

    /** Warnings and errors of a package or class. */
    static CapturedLog warningsOf(String name) {
        return begin(name, Level.WARN);
    }

    /** What an operator sees by default of a package or class. */
    static CapturedLog of(String name) {
        return begin(name, Level.INFO);
    }

    private static CapturedLog begin(String name, Level least) {
        CapturedLog log = new CapturedLog((Logger) LoggerFactory.getLogger(name), least);
        // Not into the output of the tests too.
        log.logger.setAdditive(log.logger.isEnabledFor(least));
        log.logger.setLevel(least);
        log.start();
        log.logger.addAppender(log);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(least)) {
            lines.add(event.getFormattedMessage());
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
        logger.setAdditive(true);
        stop();
    }
}
