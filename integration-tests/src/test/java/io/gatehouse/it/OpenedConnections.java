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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Every connection that Kafka's Java clients in this JVM open, as their network layer itself tells; those of brokers to
 * each other, and of the embedded cluster's own Admin client, are left out.
 */
final class OpenedConnections implements AutoCloseable {

    private static final Pattern INITIATING =
            Pattern.compile("Initiating connection to node \\S*?:(\\d+) \\(id: .*using address .*");
    private static final Pattern CLIENT = Pattern.compile("clientId=(?!embedded-kafka-admin)");

    private final Queue<Opened> opened = new ConcurrentLinkedQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String message = event.getFormattedMessage();
            Matcher initiating = INITIATING.matcher(message);
            if (initiating.find() && CLIENT.matcher(message).find()) {
                opened.add(new Opened(message, Integer.parseInt(initiating.group(1))));
            }
        }
    };

    /** A connection: what the client said, and the port. */
    record Opened(String message, int port) {}

    private OpenedConnections() {}

    /** From now on until it is closed. */
    static OpenedConnections watch() {
        OpenedConnections watching = new OpenedConnections();
        watching.appender.setContext(watching.logger.getLoggerContext());
        watching.appender.start();
        watching.logger.setAdditive(false);
        watching.logger.setLevel(Level.DEBUG);
        watching.logger.addAppender(watching.appender);
        return watching;
    }

    List<Opened> all() {
        return List.copyOf(opened);
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }
}
