/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.command;
import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.CommandInterceptorFactory.Command;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway stops; conformance lines 55 and 60. */
class DrainIT {

    private static final Duration PROMPTLY = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger produced = new AtomicInteger();

    private ScriptedBroker broker;
    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        ListGroupsResponseData large = new ListGroupsResponseData();
        for (int i = 0; i < 50_000; i++) {
            large.groups()
                    .add(new ListGroupsResponseData.ListedGroup()
                            .setGroupId("a group of which there are many " + i)
                            .setProtocolType("consumer"));
        }
        broker = new ScriptedBroker()
                .on(ApiKeys.LIST_GROUPS, (request, connection) -> {
                    asked.countDown();
                    answers.acquire();
                    connection.respond(request, large);
                })
                .on(
                        ApiKeys.LIST_TRANSACTIONS,
                        (request, connection) -> connection.respond(
                                request, new org.apache.kafka.common.message.ListTransactionsResponseData()))
                .on(ApiKeys.PRODUCE, (request, connection) -> produced.incrementAndGet());
        gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                .anonymous()
                .plugin(PluginJar.withId("commands")
                        .extension(CommandInterceptorFactory.class)
                        .writeTo(folder))
                .resource("commands.yaml", OrderIT.EVERYBODY)
                .limit("drainTimeout", "20s")
                .start();
    }

    @AfterEach
    void stop() {
        answers.release(1_000);
        gateway.gatehouse().close();
        broker.close();
    }

    private CompletableFuture<Void> stopping() {
        return CompletableFuture.runAsync(() -> gateway.gatehouse().close());
    }

    private static void warmUp(RawKafkaClient client) throws IOException {
        client.exchange(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.FORWARD, 0, 0), 100, "raw");
    }

    @Test
    void theResponseInFlightComesWholeAndThenTheEnd() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.send(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> stopping = stopping();
            assertThat(client.isClosedByPeer(Duration.ofMillis(300))).isFalse();
            answers.release();

            ListGroupsResponseData response = client.receive(ApiKeys.LIST_GROUPS, 4, 1);
            assertThat(response.groups()).hasSize(50_000);
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            stopping.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRequestThatIsBeingDecidedIsAnswered() throws Exception {
        for (Command command : List.of(Command.RESPOND_LATER, Command.FORWARD_LATER)) {
            try (RawKafkaClient client = connect(gateway)) {
                warmUp(client);
                client.send(ApiKeys.LIST_TRANSACTIONS, 1, command(command, 700, 1), 1, "raw");
                await().until(() -> RawRequests.metric(gateway, "gatehouse_requests_total", "ListTransactions") == 2);

                CompletableFuture<Void> stopping = stopping();

                client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 1);
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
                stopping.get(10, TimeUnit.SECONDS);
            }
            broker.close();
            start();
        }
    }

    @Test
    void aFrameThatIsHalfForwardedGoesOnToItsEndAndNoOtherBegins() throws Exception {
        byte[] request = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1);
        try (RawKafkaClient client = connect(gateway)) {
            warmUp(client);
            client.send(Arrays.copyOf(request, 16));
            // Between the half frame and the stop the gateway has read it.
            await().until(() -> RawRequests.metric(gateway, "gatehouse_requests_total", "ListGroups") == 1);
            CompletableFuture<Void> stopping = stopping();
            assertThat(client.isClosedByPeer(Duration.ofMillis(200))).isFalse();

            answers.release(2);
            client.send(Arrays.copyOfRange(request, 16, request.length));
            client.send(request);

            client.receive(ApiKeys.LIST_GROUPS, 4, 1);
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            stopping.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void nothingIsWaitedForWhenNothingIsInFlight() throws Exception {
        List<RawKafkaClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                RawKafkaClient used = connect(gateway);
                RawKafkaClient silent = connect(gateway);
                RawKafkaClient acksZero = connect(gateway);
                clients.addAll(List.of(used, silent, acksZero));
                warmUp(used);
                acksZero.send(ApiKeys.PRODUCE, 12, produce("t", Uuid.ZERO_UUID, 0, null, new byte[10]), 1, "raw");
                RawKafkaClient answeredHere = connect(gateway);
                clients.add(answeredHere);
                answeredHere.exchange(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.RESPOND, 0, 1), 1, "raw");
            }
            await().until(() -> produced.get() == 10);
            long before = System.nanoTime();

            gateway.gatehouse().close();

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPTLY);
            for (RawKafkaClient client : clients) {
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
        } finally {
            for (RawKafkaClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void halfALoginIsNotWaitedForEither() throws Exception {
        try (TestGateway sasl = TestGateway.inFrontOf(broker.bootstrapServers())
                        .accounts("alice")
                        .start();
                RawKafkaClient client = connect(sasl)) {
            client.exchange(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 1, "raw");
            long before = System.nanoTime();

            sasl.gatehouse().close();

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPTLY);
            assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
        }
    }

    @Test
    void startingAndStoppingLeavesNoPortThreadOrFileBehind() throws Exception {
        gateway.gatehouse().close();
        await().untilAsserted(() -> assertThat(gatewayThreads()).isEmpty());

        for (int round = 0; round < 3; round++) {
            TestGateway other = TestGateway.inFrontOf(broker.bootstrapServers())
                    .anonymous()
                    .plugin(folder.resolve("commands.jar"))
                    .resource("commands.yaml", OrderIT.EVERYBODY)
                    .start();
            try (RawKafkaClient client = connect(other)) {
                warmUp(client);
            }
            int management = other.gatehouse().managementPort();
            other.gatehouse().close();

            for (int port : new int[] {other.bootstrapPort(), other.portOf(1), management}) {
                try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                    assertThat(free.isBound()).isTrue();
                }
            }
            await().untilAsserted(() -> assertThat(gatewayThreads()).isEmpty());
            try (Stream<Path> files = Files.walk(other.home().resolve("data"))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
            assertThat(broker.connections()).isZero();
            other.close();
        }
    }

    private static List<String> gatewayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("gatehouse") || name.startsWith("plugin"))
                .toList();
    }
}
