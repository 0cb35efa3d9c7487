/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.fetch;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.joined;
import static io.gatehouse.it.RawRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames that come in pieces, in heaps and in large sizes; conformance lines 1, 2, 3 and 7. */
class FramingIT {

    private static final int MIB = 1024 * 1024;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers()).anonymous().start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aRequestSplitAtEveryByteBoundaryIsForwardedWhole() throws Exception {
        byte[] passing =
                frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData().setStatesFilter(List.of("Stable")), 7);
        byte[] collected = frame(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 8);
        byte[] produced =
                frame(ApiKeys.PRODUCE, 12, produce("no-such-topic", Uuid.ZERO_UUID, 1, "tx", new byte[20]), 9);

        for (byte[] frame : List.of(passing, collected, produced)) {
            try (RawKafkaClient client = connect(gateway)) {
                for (int split = 1; split < frame.length; split++) {
                    client.send(Arrays.copyOfRange(frame, 0, split));
                    Thread.yield();
                    client.send(Arrays.copyOfRange(frame, split, frame.length));
                    assertThat(correlationId(client.readFrame())).isEqualTo(correlationIdOfRequest(frame));
                }
            }
        }
    }

    @Test
    void aRequestThatComesByteByByteIsForwardedWhole() throws Exception {
        byte[] frame = frame(ApiKeys.PRODUCE, 12, produce("no-such-topic", Uuid.ZERO_UUID, 1, null, new byte[20]), 9);

        try (RawKafkaClient client = connect(gateway)) {
            for (byte each : frame) {
                client.send(new byte[] {each});
                Thread.yield();
            }

            ProduceResponseData response = client.receive(ApiKeys.PRODUCE, 12, 9);
            assertThat(response.responses()).hasSize(1);
        }
    }

    @Test
    void manyRequestsInOneSegmentAreAnsweredInOrder() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.send(burst(500, 0));

            expectBurst(client, 500);
        }
    }

    @Test
    void aBurstThatComesBeforeTheBrokerConnectionIsUpIsAnsweredInOrder() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (RawKafkaClient client = connect(gateway, 1)) {
                // All at once, so that it is read in one go, and cut by the reads at other places each time.
                client.send(burst(900, round));

                expectBurst(client, 900);
            }
        }
    }

    @Test
    void aBatchOfSeveralMegabytesAndAFetchOfFiftyAreTheSameByteForByte() throws Exception {
        Uuid id = kafka.cluster().createTopic("framing-large", 1, 1);
        kafka.cluster()
                .admin()
                .incrementalAlterConfigs(largeMessages("framing-large"))
                .all()
                .get();
        int leader = leaderOf("framing-large");
        Random random = new Random(42);
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            byte[] value = new byte[5 * MIB + i];
            random.nextBytes(value);
            values.add(value);
        }

        byte[] direct;
        long decoded = gateway.gatehouse().codec().decodedRequests()
                + gateway.gatehouse().codec().decodedResponses();
        try (RawKafkaClient client = connect(gateway, leader)) {
            for (int i = 0; i < values.size(); i++) {
                ProduceResponseData produced = client.exchange(
                        ApiKeys.PRODUCE, 12, produce("framing-large", id, 1, null, values.get(i)), i, "raw");
                assertThat(produced.responses()
                                .iterator()
                                .next()
                                .partitionResponses()
                                .get(0)
                                .errorCode())
                        .isZero();
            }
            client.send(ApiKeys.FETCH, 12, fetch("framing-large", 0, 60 * MIB, 1_000), 77, "raw");
            byte[] through = client.readFrame();
            var address = kafka.cluster().brokerAddress(leader);
            try (RawKafkaClient broker = RawKafkaClient.connect(address.getHostString(), address.getPort())) {
                broker.send(ApiKeys.FETCH, 12, fetch("framing-large", 0, 60 * MIB, 1_000), 77, "raw");
                direct = broker.readFrame();
            }

            assertThat(through).hasSizeGreaterThan(50 * MIB);
            assertThat(Arrays.equals(through, direct)).isTrue();
            assertThat(gateway.gatehouse().codec().decodedRequests()
                            + gateway.gatehouse().codec().decodedResponses())
                    .isEqualTo(decoded);
        }
    }

    private static java.util.Map<
                    org.apache.kafka.common.config.ConfigResource,
                    java.util.Collection<org.apache.kafka.clients.admin.AlterConfigOp>>
            largeMessages(String topic) {
        return java.util.Map.of(
                new org.apache.kafka.common.config.ConfigResource(
                        org.apache.kafka.common.config.ConfigResource.Type.TOPIC, topic),
                List.of(new org.apache.kafka.clients.admin.AlterConfigOp(
                        new org.apache.kafka.clients.admin.ConfigEntry("max.message.bytes", Integer.toString(20 * MIB)),
                        org.apache.kafka.clients.admin.AlterConfigOp.OpType.SET)));
    }

    private static int leaderOf(String topic) throws Exception {
        return kafka.cluster()
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .get(new TopicPartition(topic, 0).partition())
                .leader()
                .id();
    }

    /** Requests that pass and requests that are collected, of many lengths. */
    private static byte[] burst(int count, int shift) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String clientId = "c".repeat((i + shift) % 50);
            frames.add(
                    i % 3 == 0
                            ? RawKafkaClient.frame(
                                    ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), i, clientId)
                            : RawKafkaClient.frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), i, clientId));
        }
        return joined(frames);
    }

    private static void expectBurst(RawKafkaClient client, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            if (i % 3 == 0) {
                MetadataResponseData response = client.receive(ApiKeys.METADATA, 12, i);
                assertThat(response.brokers()).hasSize(3);
            } else {
                ListGroupsResponseData response = client.receive(ApiKeys.LIST_GROUPS, 4, i);
                assertThat(response.errorCode()).isZero();
            }
        }
    }

    private static int correlationId(byte[] response) {
        return java.nio.ByteBuffer.wrap(response).getInt();
    }

    private static int correlationIdOfRequest(byte[] frame) {
        return java.nio.ByteBuffer.wrap(frame).getInt(8);
    }
}
