/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.embedded.EmbeddedKafkaCluster;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Telemetry of clients (KIP-714): passes where brokers take it, and is not offered where they do not. */
class TelemetryIT {

    @RegisterExtension
    static final KafkaExtension receiving = KafkaExtension.own(() -> EmbeddedKafkaCluster.builder()
            .brokers(1)
            .property("metric.reporters", TelemetryReceiver.class.getName())
            .build());

    @RegisterExtension
    static final KafkaExtension deaf = KafkaExtension.shared(3);

    @Test
    void metricsOfClientsReachABrokerThatTakesThem() throws Exception {
        receiving.cluster().createTopic("telemetry", 1, 1);
        try (TestGateway gateway = TestGateway.inFrontOf(receiving.bootstrapServers())
                        .anonymous()
                        .start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", gateway.bootstrapServers()))) {
            ConfigResource everything = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "everything");
            admin.incrementalAlterConfigs(Map.of(everything, List.of(set("interval.ms", "100"), set("metrics", "*"))))
                    .all()
                    .get();
            try (KafkaProducer<String, String> producer = producer(gateway)) {
                producer.send(new ProducerRecord<>("telemetry", "value")).get();
                Uuid instance = producer.clientInstanceId(Duration.ofSeconds(20));

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(TelemetryReceiver.senders()).contains(instance));
            }
        }
    }

    @Test
    void whereBrokersTakeNoneItIsNotOfferedAndClientsDoWithoutIt() throws Exception {
        deaf.cluster().createTopic("telemetry-hidden", 1, 1);
        try (TestGateway gateway = TestGateway.inFrontOf(deaf.bootstrapServers())
                        .anonymous()
                        .start();
                RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
                KafkaProducer<String, String> producer = producer(gateway)) {
            ApiVersionsResponseData offered = client.exchange(
                    ApiKeys.API_VERSIONS,
                    3,
                    new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1"),
                    1,
                    "raw");

            assertThat(producer.send(new ProducerRecord<>("telemetry-hidden", "value"))
                            .get()
                            .hasOffset())
                    .isTrue();
            assertThat(offered.apiKeys().find(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS.id))
                    .isNull();
            assertThat(offered.apiKeys().find(ApiKeys.PUSH_TELEMETRY.id)).isNull();
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static KafkaProducer<String, String> producer(TestGateway gateway) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", gateway.bootstrapServers(), "enable.metrics.push", "true"),
                new StringSerializer(),
                new StringSerializer());
    }
}
