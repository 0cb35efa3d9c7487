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
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where the gateway starts from: bootstrap servers that are down, and listeners of which clients hear other addresses. */
class BootstrapIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @Test
    void theFirstBootstrapServersMayBeDown() throws Exception {
        int nobody = FreePorts.take(2);
        kafka.cluster().createTopic("bootstrap-first", 3, 3);

        try (TestGateway gateway = TestGateway.inFrontOf(
                        "localhost:" + nobody + ",localhost:" + (nobody + 1) + "," + kafka.bootstrapServers())
                .anonymous()
                .start()) {
            produce(gateway, "bootstrap-first");
        }
    }

    @Test
    void everyBootstrapServerMayBeDownAtStartAndUpLater() throws Exception {
        int port = FreePorts.take(1);

        try (TestGateway gateway =
                        TestGateway.inFrontOf("localhost:" + port).anonymous().start();
                RawKafkaClient early = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
                RawKafkaClient earlyAtANode = RawKafkaClient.connect("localhost", gateway.portOf(1))) {
            early.send(ApiKeys.API_VERSIONS, 3, apiVersions(), 1, "raw");
            earlyAtANode.send(ApiKeys.METADATA, 12, new MetadataRequestData(), 1, "raw");

            assertThat(early.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            assertThat(earlyAtANode.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
            try (Admin patient = Admin.create(Map.of(
                            "bootstrap.servers", gateway.bootstrapServers(), "reconnect.backoff.max.ms", "200"));
                    EmbeddedKafkaCluster later = EmbeddedKafkaCluster.builder()
                            .brokers(1)
                            .clientPort(1, port)
                            .build()) {
                KafkaFuture<Collection<Node>> nodes = patient.describeCluster().nodes();
                later.start();

                assertThat(nodes.get()).extracting(Node::port).containsExactly(gateway.portOf(1));
                later.createTopic("bootstrap-later", 1, 1);
                produce(gateway, "bootstrap-later");
            }
        }
    }

    @Test
    void severalListenersAdvertiseEachItsOwnAddresses() throws Exception {
        int other = FreePorts.take(10);

        try (TestGateway gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .advertisedHost("kafka.example.org")
                .advertisedPort(9_000)
                .listener(("{name: other, addresses: [127.0.0.1, 127.0.0.2], ports: [%d, \"%d-%d\"], minNodeId: 1,"
                                + " route: {cluster: local}, authentication: [{type: anonymous}]}")
                        .formatted(other, other + 1, other + 2))
                .start()) {
            assertThat(nodes("localhost", gateway.bootstrapPort()))
                    .isEqualTo(Map.of(
                            1, "kafka.example.org:9002", 2, "kafka.example.org:9003", 3, "kafka.example.org:9004"));
            for (String address : new String[] {"127.0.0.1", "127.0.0.2"}) {
                assertThat(nodes(address, other))
                        .isEqualTo(Map.of(1, "127.0.0.1:" + (other + 1), 2, "127.0.0.1:" + (other + 2)));
            }
        }
    }

    private static ApiVersionsRequestData apiVersions() {
        return new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1");
    }

    private static void produce(TestGateway gateway, String topic) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", gateway.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            assertThat(producer.send(new ProducerRecord<>(topic, "value")).get().hasOffset())
                    .isTrue();
        }
    }

    /** A new gateway may still be asking the cluster. */
    private static Map<Integer, String> nodes(String address, int port) {
        return await().ignoreExceptions()
                .until(
                        () -> {
                            try (RawKafkaClient client = RawKafkaClient.connect(address, port)) {
                                MetadataResponseData response = client.exchange(
                                        ApiKeys.METADATA,
                                        12,
                                        new MetadataRequestData().setTopics(java.util.List.of()),
                                        1,
                                        "raw");
                                return response.brokers().stream()
                                        .collect(Collectors.toMap(
                                                MetadataResponseBroker::nodeId,
                                                broker -> broker.host() + ":" + broker.port()));
                            }
                        },
                        nodes -> !nodes.isEmpty());
    }
}
