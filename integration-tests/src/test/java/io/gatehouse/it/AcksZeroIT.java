/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.joined;
import static io.gatehouse.it.RawRequests.metric;
import static io.gatehouse.it.RawRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Produce with {@code acks=0}, which gets no response; conformance lines 17, 18 and 19. */
class AcksZeroIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestGateway gateway(boolean collected) {
        TestGateway.Builder builder =
                TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous();
        if (collected) {
            builder.plugin(PluginJar.withId("commands")
                            .extension(CommandInterceptorFactory.class)
                            .writeTo(folder))
                    .resource("commands.yaml", OrderIT.EVERYBODY);
        }
        return builder.start();
    }

    @ParameterizedTest(name = "collected: {0}")
    @ValueSource(booleans = {false, true})
    void everyFormIsFollowedByTheResponseOfTheNextRequest(boolean collected) throws Exception {
        String topic = "acks-zero-forms-" + collected;
        Uuid id = kafka.cluster().createTopic(topic, 1, 1);
        int leader = leaderOf(topic);
        long sent = 0;

        try (TestGateway gateway = gateway(collected);
                RawKafkaClient client = connect(gateway, leader)) {
            for (short version : ApiKeys.PRODUCE.allVersions()) {
                for (String clientId : new String[] {null, "", "raw"}) {
                    for (String transactionalId : new String[] {null, "tx"}) {
                        client.send(joined(List.of(
                                RawKafkaClient.frame(
                                        ApiKeys.PRODUCE,
                                        version,
                                        produceOf(topic, id, version, transactionalId),
                                        1,
                                        clientId),
                                RawKafkaClient.frame(
                                        ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, clientId))));
                        sent++;
                        ListGroupsResponseData response = client.receive(ApiKeys.LIST_GROUPS, 4, 2);
                        assertThat(response.errorCode()).isZero();
                    }
                }
            }
        }

        assertThat(endOffset(topic)).isEqualTo(sent);
    }

    @ParameterizedTest(name = "collected: {0}")
    @ValueSource(booleans = {false, true})
    void everyVersionFollowedAtOnceByCloseIsDelivered(boolean collected) throws Exception {
        String topic = "acks-zero-close-" + collected;
        Uuid id = kafka.cluster().createTopic(topic, 1, 1);
        int leader = leaderOf(topic);
        long sent = 0;

        try (TestGateway gateway = gateway(collected)) {
            for (short version : ApiKeys.PRODUCE.allVersions()) {
                for (int round = 0; round < 3; round++) {
                    try (RawKafkaClient client = connect(gateway, leader)) {
                        byte[] frame = RawKafkaClient.frame(
                                ApiKeys.PRODUCE, version, produceOf(topic, id, version, null), 1, "raw");
                        client.send(joined(Collections.nCopies(10, frame)));
                        sent += 10;
                    }
                }
            }
            long expected = sent;

            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(endOffset(topic)).isEqualTo(expected));
        }
    }

    @Test
    void aBrokerThatIsSlowStillGetsEverythingThatWasSentBeforeTheClose() throws Exception {
        AtomicLong bytes = new AtomicLong();
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedBroker broker = new ScriptedBroker();
                TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                        .anonymous()
                        .start()) {
            broker.on(ApiKeys.PRODUCE, (request, connection) -> {
                stuck.countDown();
                goOn.await(30, TimeUnit.SECONDS);
                bytes.addAndGet(request.frame().length + 4);
            });
            byte[] frame = RawKafkaClient.frame(
                    ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 0, null, new byte[100_000]), 1, "raw");
            AtomicLong sent = new AtomicLong();
            try (RawKafkaClient client = connect(gateway)) {
                Thread sender = new Thread(() -> {
                    try {
                        while (true) {
                            client.send(frame);
                            sent.addAndGet(frame.length);
                        }
                    } catch (java.io.IOException closed) {
                        // The test has closed the connection.
                    }
                });
                sender.start();
                assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
                long[] last = {-1};
                await().pollInterval(Duration.ofMillis(300)).until(() -> last[0] == (last[0] = sent.get()));
                client.shutdownOutput();
                sender.join();
                // Longer than the gateway waits for a broker that says nothing after the end of the stream.
                await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
                goOn.countDown();

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(bytes.get()).isGreaterThanOrEqualTo(sent.get()));
            }
        }
    }

    @Test
    void aRefusedOneClosesAndADroppedOneDoesNot() throws Exception {
        kafka.cluster().createTopic("acks-zero-refused", 1, 1);
        try (TestGateway gateway = gateway(true)) {
            try (RawKafkaClient client = connect(gateway)) {
                client.send(ApiKeys.PRODUCE, 12, produce("acks-zero-refused", Uuid.ZERO_UUID, 0, null), 1, "RESPOND");
                client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");
                client.send(joined(List.of(
                        RawKafkaClient.frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 3, "raw"),
                        RawKafkaClient.frame(
                                ApiKeys.PRODUCE,
                                12,
                                produce("acks-zero-refused", Uuid.ZERO_UUID, 0, null),
                                4,
                                "REFUSE"))));

                client.receive(ApiKeys.LIST_GROUPS, 4, 3);
                assertThat(client.isClosedByPeer(Duration.ofSeconds(3))).isTrue();
            }
        }
    }

    @Test
    void fiftyThousandLeaveNoBookkeeping() throws Exception {
        leaveNoBookkeeping(50_000);
    }

    @Test
    @Tag("full")
    void aMillionLeaveNoBookkeeping() throws Exception {
        leaveNoBookkeeping(1_000_000);
    }

    private static void leaveNoBookkeeping(int count) throws Exception {
        AtomicLong received = new AtomicLong();
        try (ScriptedBroker broker = new ScriptedBroker()) {
            broker.on(ApiKeys.PRODUCE, (request, connection) -> received.incrementAndGet());
            broker.on(
                    ApiKeys.LIST_GROUPS,
                    (request, connection) ->
                            connection.respond(request, new org.apache.kafka.common.message.ListGroupsResponseData()));
            try (TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                            .anonymous()
                            .start();
                    RawKafkaClient client = connect(gateway)) {
                byte[] frame = RawKafkaClient.frame(
                        ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 0, null, new byte[10]), 1, "raw");
                List<byte[]> thousand = new ArrayList<>(Collections.nCopies(1_000, frame));
                byte[] heap = joined(thousand);
                for (int i = 0; i < count / 1_000; i++) {
                    client.send(heap);
                }
                client.timeout(Duration.ofSeconds(60));
                client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");

                assertThat(received).hasValue(count);
                assertThat(metric(gateway, "gatehouse_requests_total", "Produce"))
                        .isEqualTo(count);
                assertThat(metric(gateway, "gatehouse_request_duration_seconds_count", "Produce"))
                        .isZero();
                assertThat(gateway.gatehouse().codec().decodedRequests()).isZero();
                long before = System.nanoTime();
                gateway.gatehouse().close();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static org.apache.kafka.common.message.ProduceRequestData produceOf(
            String topic, Uuid id, short version, String transactionalId) {
        return version >= 13
                ? produce("", id, 0, transactionalId, new byte[10])
                : produce(topic, Uuid.ZERO_UUID, 0, transactionalId, new byte[10]);
    }

    private static long endOffset(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return kafka.cluster()
                .admin()
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private static int leaderOf(String topic) throws Exception {
        return kafka.cluster()
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .get(0)
                .leader()
                .id();
    }
}
