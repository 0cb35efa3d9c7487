/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.command;
import static io.gatehouse.it.RawRequests.connect;
import static io.gatehouse.it.RawRequests.frame;
import static io.gatehouse.it.RawRequests.joined;
import static io.gatehouse.it.RawRequests.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.CommandInterceptorFactory.Command;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Responses in the order of requests, whoever makes them; conformance lines 16 and 20, with decisions at any time. */
class OrderIT {

    static final String EVERYBODY = """
            apiVersion: gatehouse/v1
            kind: Interceptor
            metadata: {name: commands}
            spec: {type: commands, scope: {all: true}}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .anonymous()
                .plugin(PluginJar.withId("commands")
                        .extension(CommandInterceptorFactory.class)
                        .writeTo(folder))
                .resource("commands.yaml", EVERYBODY)
                .limit("frameProgressTimeout", "400ms")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aThousandMixedRequestsAreAnsweredInOrder() throws Exception {
        Command[] commands = {
            Command.FORWARD,
            Command.CHANGE,
            Command.RESPOND,
            Command.RESPOND_LATER,
            Command.FORWARD_LATER,
            Command.OWN_THEN_RESPOND,
            Command.OWN_THEN_FORWARD,
            Command.RESPONSE_LATER,
            Command.CHANGE_RESPONSE,
            Command.REFUSE,
            Command.THROW
        };
        Random random = new Random(16);
        List<Command> expected = new ArrayList<>();
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Command command = random.nextInt(3) == 0 ? null : commands[random.nextInt(commands.length)];
            expected.add(command);
            // The gateway's own ids begin where these do.
            int correlationId = Integer.MIN_VALUE + i;
            frames.add(
                    command == null
                            ? frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), correlationId)
                            : frame(
                                    ApiKeys.LIST_TRANSACTIONS,
                                    1,
                                    command(command, random.nextInt(4), i),
                                    correlationId));
        }

        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(frames));

            for (int i = 0; i < 1_000; i++) {
                int correlationId = Integer.MIN_VALUE + i;
                if (expected.get(i) == null) {
                    client.receive(ApiKeys.LIST_GROUPS, 4, correlationId);
                } else {
                    ListTransactionsResponseData response = client.receive(ApiKeys.LIST_TRANSACTIONS, 1, correlationId);
                    assertThat(response.errorCode())
                            .isEqualTo(errorOf(expected.get(i)).code());
                    if (response.errorCode() == 0) {
                        assertThat(response.unknownStateFilters()).contains("number " + i);
                    }
                    assertThat(response.throttleTimeMs()).isEqualTo(expected.get(i) == Command.CHANGE_RESPONSE ? 7 : 0);
                }
            }
            assertThat(client.isClosedByPeer(Duration.ofMillis(100))).isFalse();
            client.timeout(Duration.ofMillis(100));
            org.assertj.core.api.Assertions.assertThatThrownBy(client::readFrame)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    private static Errors errorOf(Command command) {
        return switch (command) {
            case REFUSE -> Errors.CLUSTER_AUTHORIZATION_FAILED;
            case THROW -> Errors.UNKNOWN_SERVER_ERROR;
            default -> Errors.NONE;
        };
    }

    @Test
    void oneRequestAtATimeOfEveryKindIsFlushedAtOnce() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.timeout(Duration.ofSeconds(3));
            int correlationId = 0;
            for (int round = 0; round < 3; round++) {
                for (Command command : List.of(
                        Command.FORWARD,
                        Command.RESPOND,
                        Command.RESPOND_LATER,
                        Command.FORWARD_LATER,
                        Command.OWN_THEN_RESPOND,
                        Command.OWN_THEN_FORWARD,
                        Command.RESPONSE_LATER)) {
                    ListTransactionsResponseData response = client.exchange(
                            ApiKeys.LIST_TRANSACTIONS, 1, command(command, 5, correlationId), ++correlationId, "raw");
                    assertThat(response.errorCode()).isZero();
                    client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), ++correlationId, "raw");
                }
            }
        }
    }

    @Test
    void aResponseThatIsDecidedLaterHoldsBackThoseBehindIt() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(List.of(
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.RESPONSE_LATER, 300, 1), 1),
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2),
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.RESPOND, 0, 3), 3),
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.OWN_THEN_RESPOND, 0, 4), 4),
                    frame(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()), 5))));

            client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 1);
            client.receive(ApiKeys.LIST_GROUPS, 4, 2);
            client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 3);
            client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 4);
            client.receive(ApiKeys.METADATA, 12, 5);
        }
    }

    @Test
    void theGatewaysOwnPauseDoesNotCountAgainstAFrameThatIsHalfThere() throws Exception {
        byte[] next = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2);
        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(List.of(
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.RESPOND_LATER, 1_500, 1), 1),
                    Arrays.copyOf(next, 14))));

            client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 1);
            client.send(Arrays.copyOfRange(next, 14, next.length));

            client.receive(ApiKeys.LIST_GROUPS, 4, 2);
        }
    }

    @Test
    void aDecisionToCloseAnswersWhatCameBefore() throws Exception {
        double before = metric(gateway, "gatehouse_connections_closed_total", "reason=\"policy\"");
        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(List.of(
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1),
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 2),
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.CLOSE, 0, 3), 3),
                    frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 4))));

            client.receive(ApiKeys.LIST_GROUPS, 4, 1);
            client.receive(ApiKeys.LIST_GROUPS, 4, 2);
            assertThat(client.isClosedByPeer(Duration.ofSeconds(3))).isTrue();
        }
        await().untilAsserted(
                        () -> assertThat(metric(gateway, "gatehouse_connections_closed_total", "reason=\"policy\""))
                                .isEqualTo(before + 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNWRITABLE_LATER", "UNWRITABLE_RESPONSE_LATER"})
    void aMessageThatCannotBeWrittenClosesTheConnectionInsteadOfHanging(Command command) throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.send(ApiKeys.LIST_TRANSACTIONS, 1, command(command, 10, 1), 1, "raw");

            assertThat(client.isClosedByPeer(Duration.ofSeconds(3))).isTrue();
        }
    }

    @Test
    void anOwnRequestThatComesTooLateStaysOutOfThePassingFrame() throws Exception {
        byte[] next = frame(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData().setStatesFilter(List.of("Stable")), 2);
        try (RawKafkaClient client = connect(gateway)) {
            client.send(joined(List.of(
                    frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.SEND_AFTER_FORWARD, 100, 1), 1),
                    Arrays.copyOf(next, 16))));
            client.receive(ApiKeys.LIST_TRANSACTIONS, 1, 1);
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            client.send(Arrays.copyOfRange(next, 16, next.length));

            client.receive(ApiKeys.LIST_GROUPS, 4, 2);
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 3, "raw");
        }
    }

    @Test
    void aChangeOfWhoIsWhoDoesNotStallTheNextRequest() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            client.timeout(Duration.ofSeconds(3));
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            // Every round is more than one poll of the resources; each request is the first after a possible change.
            for (int i = 2; i < 32; i++) {
                if (i % 10 == 2) {
                    gateway.writeResources("mapping.yaml", """
                            apiVersion: gatehouse/v1
                            kind: UserMapping
                            metadata: {name: nobody}
                            spec: {principal: nobody-%d, username: nobody}
                            """.formatted(i));
                }
                client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), i, "raw");
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            }
        }
    }

    @Test
    void aClientThatLeavesWhileItsRequestsWaitForADecisionLosesNone() throws Exception {
        try (RawKafkaClient client = connect(gateway)) {
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                frames.add(frame(ApiKeys.LIST_TRANSACTIONS, 1, command(Command.FORWARD_LATER, 20, i), i));
            }
            frames.add(frame(ApiKeys.LIST_TRANSACTIONS, 1, new ListTransactionsRequestData(), 20));
            client.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), -1, "raw");
            double before = metric(gateway, "gatehouse_requests_total", "ListTransactions");

            client.send(joined(frames));
            client.close();

            await().untilAsserted(() -> assertThat(metric(gateway, "gatehouse_requests_total", "ListTransactions"))
                    .isEqualTo(before + 21));
        }
    }
}
