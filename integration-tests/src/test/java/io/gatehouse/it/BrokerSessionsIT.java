/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Brokers whose sessions end after {@link SecuredKafka#SESSION_MILLIS}: the gateway authenticates anew, and no client notices. */
class BrokerSessionsIT {

    @RegisterExtension
    static final SecuredKafka kafka = new SecuredKafka();

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = kafka.gateway(SecuredKafka.SHORT, SecuredKafka.credentials("SCRAM-SHA-256", "gateway"))
                .anonymous()
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void workingClientsOutliveSeveralSessionsOnTheSameConnections() throws Exception {
        String topic = "sessions-" + UUID.randomUUID();
        kafka.cluster().createTopic(topic, 2, 2);
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", gateway.bootstrapServers()));
        config.put("retries", 0);
        config.put("enable.idempotence", false);
        config.put("group.id", topic);
        config.put("auto.offset.reset", "earliest");
        double broken = RawRequests.metric(gateway, "gatehouse_connections_closed_total", "kind=\"broker\"");
        int sent = 0;
        int read = 0;
        try (KafkaProducer<String, String> producer = Clients.producer(config);
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (consumer.assignment().isEmpty()) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
            double accepted = gateway.metric("gatehouse_connections_accepted_total");
            List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * SecuredKafka.SESSION_MILLIS + 500);
            while (System.nanoTime() < end) {
                acknowledgements.add(producer.send(new ProducerRecord<>(topic, "key" + sent++, "x".repeat(2_000))));
                read += consumer.poll(Duration.ofMillis(5)).count();
            }
            for (Future<RecordMetadata> acknowledgement : acknowledgements) {
                acknowledgement.get(10, TimeUnit.SECONDS);
            }
            assertThat(gateway.metric("gatehouse_connections_accepted_total"))
                    .as("connections since the clients were at work")
                    .isLessThanOrEqualTo(accepted + 2);
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (read < sent && System.nanoTime() < patience) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
        assertThat(read).isEqualTo(sent);
        assertThat(RawRequests.metric(gateway, "gatehouse_connections_closed_total", "kind=\"broker\""))
                .as("connections that ended with one to a broker")
                .isEqualTo(broken);
    }

    @Test
    void aConnectionThatWasSilentForLongerThanASessionIsStillGood() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            TimeUnit.MILLISECONDS.sleep(SecuredKafka.SESSION_MILLIS + 500);

            ListGroupsResponseData answer =
                    client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");

            assertThat(answer.errorCode()).isZero();
        }
    }
}
