/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.server.telemetry.ClientTelemetry;
import org.apache.kafka.server.telemetry.ClientTelemetryReceiver;

/** What makes a broker offer telemetry (KIP-714): it remembers which clients have sent metrics. */
@SuppressWarnings("deprecation")
public final class TelemetryReceiver implements MetricsReporter, ClientTelemetry {

    private static final Set<Uuid> SENDERS = ConcurrentHashMap.newKeySet();

    /** The instance ids of all clients that have sent anything, to any broker of this JVM. */
    static Set<Uuid> senders() {
        return Set.copyOf(SENDERS);
    }

    @Override
    public ClientTelemetryReceiver clientReceiver() {
        return (context, payload) -> SENDERS.add(payload.clientInstanceId());
    }

    @Override
    public void init(List<KafkaMetric> metrics) {}

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
