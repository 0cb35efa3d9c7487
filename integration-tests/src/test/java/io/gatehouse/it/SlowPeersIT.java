/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.joined;
import static io.gatehouse.it.RawRequests.metric;
import static io.gatehouse.it.RawRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that are slow, or die; conformance lines 56, 57 and 58. */
class SlowPeersIT {

    private static final int MIB = 1024 * 1024;
    private static final Duration PROMPTLY = Duration.ofSeconds(3);

    private ScriptedBroker broker;
    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        broker = new ScriptedBroker()
                .on(
                        ApiKeys.LIST_GROUPS,
                        (request, connection) -> connection.respond(request, new ListGroupsResponseData()));
        gateway = TestGateway.inFrontOf(broker.bootstrapServers()).anonymous().start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        broker.close();
    }

    @Test
    void aClientThatReadsSlowlyCostsTheGatewayLittleMemory() throws Exception {
        AtomicLong sent = new AtomicLong();
        byte[] body = new byte[4 * MIB];
        broker.on(ApiKeys.LIST_CONFIG_RESOURCES, (request, connection) -> {
            ByteBuffer head = ByteBuffer.allocate(9)
                    .putInt(5 + body.length)
                    .putInt(request.header().correlationId())
                    .put((byte) 0);
            connection.send(head.array());
            connection.send(body);
            sent.addAndGet(body.length);
        });
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            requests.add(frame(
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    1,
                    new org.apache.kafka.common.message.ListConfigResourcesRequestData(),
                    i));
        }
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), -1, "raw");
            long before = directMemory();
            client.send(joined(requests));
            long[] last = {-1};
            await().pollInterval(Duration.ofMillis(300)).until(() -> last[0] == (last[0] = sent.get()));

            assertThat(sent.get()).isLessThan(40L * MIB);
            assertThat(directMemory() - before).isLessThan(6L * MIB);
            for (int i = 0; i < 50; i++) {
                byte[] response = client.readFrame();
                assertThat(response).hasSize(5 + body.length);
                assertThat(ByteBuffer.wrap(response).getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void aBrokerThatReadsSlowlyCostsTheGatewayLittleMemory() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        broker.on(ApiKeys.PRODUCE, (request, connection) -> {
            goOn.await(30, TimeUnit.SECONDS);
            received.addAndGet(request.frame().length + 4);
        });
        byte[] frame = frame(ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 0, null, new byte[4 * MIB]), 1);
        AtomicLong sent = new AtomicLong();
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), -1, "raw");
            long before = directMemory();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 30; i++) {
                        for (int at = 0; at < frame.length; at += 64 * 1024) {
                            client.send(
                                    java.util.Arrays.copyOfRange(frame, at, Math.min(frame.length, at + 64 * 1024)));
                            sent.addAndGet(Math.min(frame.length - at, 64 * 1024));
                        }
                    }
                } catch (IOException closed) {
                    // Seen by the assertion on what was received.
                }
            });
            sender.start();
            long[] last = {-1};
            await().pollInterval(Duration.ofMillis(300))
                    .until(() -> sent.get() > 0 && last[0] == (last[0] = sent.get()));

            assertThat(sent.get()).isLessThan(60L * MIB);
            assertThat(directMemory() - before).isLessThan(6L * MIB);
            goOn.countDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> received.get() == 30L * frame.length);
            sender.join();
        }
    }

    @Test
    void aClientThatAsksTheGatewayMuchAndReadsNothingIsNotServedFurther() throws Exception {
        byte[] frame = frame(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData(), 1);
        byte[] thousand = joined(Collections.nCopies(1_000, frame));
        int count = 40_000;
        try (RawKafkaClient client = connect(gateway)) {
            long before = directMemory();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < count / 1_000; i++) {
                        client.send(thousand);
                    }
                } catch (IOException closed) {
                    // Seen by the reader.
                }
            });
            sender.start();
            double[] last = {-1};
            await().pollInterval(Duration.ofMillis(300)).until(() -> {
                double now = metric(gateway, "gatehouse_requests_total", "ApiVersions");
                boolean settled = now > 0 && now == last[0];
                last[0] = now;
                return settled;
            });

            assertThat(last[0]).isLessThan(count * 0.75);
            assertThat(directMemory() - before).isLessThan(6L * MIB);
            for (int i = 0; i < count; i++) {
                client.readFrame();
            }
            sender.join();
        }
    }

    @Test
    void aClientThatNeverReadsIsCutOffWhenItsBrokerDies() throws Exception {
        AtomicLong sent = new AtomicLong();
        broker.on(ApiKeys.LIST_CONFIG_RESOURCES, (request, connection) -> {
            while (true) {
                connection.send(ByteBuffer.allocate(MIB)
                        .putInt(MIB - 4)
                        .putInt(request.header().correlationId())
                        .array());
                sent.addAndGet(MIB);
            }
        });
        List<byte[]> requests = Collections.nCopies(
                900,
                frame(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        1,
                        new org.apache.kafka.common.message.ListConfigResourcesRequestData(),
                        3));
        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(requests));
            long[] last = {-1};
            await().pollInterval(Duration.ofMillis(300))
                    .until(() -> sent.get() > 0 && last[0] == (last[0] = sent.get()));
            broker.close();

            await().atMost(Duration.ofSeconds(15)).until(() -> openSockets(gateway.bootstrapPort()) == 0);
        }
    }

    /** Connections accepted on a port that this machine's kernel still knows as established or waiting for the gateway's close. */
    private static long openSockets(int port) throws IOException {
        String local = ":%04X ".formatted(port);
        return java.util.stream.Stream.concat(
                        java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/net/tcp")).stream(),
                        java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/net/tcp6")).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 3 && (columns[1] + " ").endsWith(local))
                .filter(columns -> columns[3].equals("01") || columns[3].equals("08"))
                .count();
    }

    @Test
    void aBrokerThatDiesInMidRequestEndsThatConnectionOnly() throws Exception {
        broker.on(ApiKeys.LIST_CONFIG_RESOURCES, (request, connection) -> connection.close());
        double before = metric(gateway, "gatehouse_connections_closed_total", "reason=\"broker\"");
        try (RawKafkaClient other = connect(gateway);
                RawKafkaClient client = connect(gateway)) {
            other.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            client.send(joined(List.of(
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1),
                    frame(
                            ApiKeys.LIST_CONFIG_RESOURCES,
                            1,
                            new org.apache.kafka.common.message.ListConfigResourcesRequestData(),
                            2))));

            client.receive(ApiKeys.LIST_GROUPS, 4, 1);
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            other.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2, "raw");
        }
        assertThat(metric(gateway, "gatehouse_connections_closed_total", "reason=\"broker\""))
                .isEqualTo(before + 1);
    }

    @Test
    void aBrokerThatDiesInMidResponseCutsItForTheClientToo() throws Exception {
        broker.on(ApiKeys.LIST_CONFIG_RESOURCES, (request, connection) -> {
            connection.send(ByteBuffer.allocate(500)
                    .putInt(1_000)
                    .putInt(request.header().correlationId())
                    .array());
            connection.close();
        });
        try (RawKafkaClient client = connect(gateway)) {
            client.send(
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    1,
                    new org.apache.kafka.common.message.ListConfigResourcesRequestData(),
                    1,
                    "raw");

            org.assertj.core.api.Assertions.assertThatThrownBy(client::readFrame)
                    .isInstanceOf(java.io.EOFException.class)
                    .hasMessageContaining("496 bytes");
        }
    }

    @Test
    void aBrokerThatDiesWhileALargeRequestPassesEndsTheConnection() throws Exception {
        byte[] large = frame(ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 1, null, new byte[30 * MIB]), 1);
        try (RawKafkaClient client = connect(gateway)) {
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            client.send(java.util.Arrays.copyOf(large, 15 * MIB));
            broker.close();

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void aResponseThatNobodyAskedForEndsTheConnection() throws Exception {
        broker.on(
                ApiKeys.LIST_CONFIG_RESOURCES,
                (request, connection) -> connection.send(
                        ByteBuffer.allocate(12).putInt(8).putInt(4711).array()));
        try (RawKafkaClient client = connect(gateway)) {
            client.send(
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    1,
                    new org.apache.kafka.common.message.ListConfigResourcesRequestData(),
                    1,
                    "raw");

            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void metricsAreRightToTheByte() throws Exception {
        broker.on(ApiKeys.PRODUCE, (request, connection) -> connection.respond(request, new ProduceResponseData()));
        double accepted = metric(gateway, "gatehouse_connections_accepted_total", "");
        byte[] request = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1);
        byte[] produce = frame(ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 1, null, new byte[3 * MIB]), 1);
        long responseBytes = 0;
        long produceResponseBytes;
        try (RawKafkaClient client = connect(gateway)) {
            for (int i = 0; i < 10; i++) {
                client.send(request);
                responseBytes += client.readFrame().length + 4;
            }
            client.send(produce);
            produceResponseBytes = client.readFrame().length + 4;
            assertThat(metric(gateway, "gatehouse_connections", "")).isEqualTo(1);
        }

        await().untilAsserted(() ->
                assertThat(metric(gateway, "gatehouse_connections", "")).isZero());
        assertThat(metric(gateway, "gatehouse_connections_accepted_total", "")).isEqualTo(accepted + 1);
        assertThat(metric(gateway, "gatehouse_connections_closed_total", "reason=\"client\""))
                .isEqualTo(1);
        assertThat(metric(gateway, "gatehouse_connections_closed_total", "")).isEqualTo(1);
        assertThat(metric(gateway, "gatehouse_requests_total", "ListGroups")).isEqualTo(10);
        assertThat(metric(gateway, "gatehouse_request_bytes_total", "ListGroups"))
                .isEqualTo(10 * request.length);
        assertThat(metric(gateway, "gatehouse_response_bytes_total", "ListGroups"))
                .isEqualTo(responseBytes);
        assertThat(metric(gateway, "gatehouse_request_duration_seconds_count", "ListGroups"))
                .isEqualTo(10);
        assertThat(metric(gateway, "gatehouse_request_bytes_total", "Produce")).isEqualTo(produce.length);
        assertThat(metric(gateway, "gatehouse_response_bytes_total", "Produce")).isEqualTo(produceResponseBytes);
        assertThat(metric(gateway, "gatehouse_queued_request_bytes", "")).isZero();
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
