/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kafka.raw.RawKafkaClient;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** The gateway's own authentication at a broker waits for the end of the frame that is passing. The broker is played, and takes its sessions easy. */
class BrokerSessionFramesIT {

    private static final long SESSION_MILLIS = 1_200;

    /** What came on each connection from the gateway. */
    private final Map<ScriptedBroker.Connection, List<ApiKeys>> came = new ConcurrentHashMap<>();

    @Test
    void aFrameThatIsHalfThereWhenItsSessionEndsArrivesWholeBeforeTheNextAuthentication() throws Exception {
        try (ScriptedBroker broker = broker();
                TestGateway gateway = TestGateway.inFrontOf(broker.bootstrapServers())
                        .clusterProperties(
                                ", security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: '"
                                        + SecuredKafka.credentials("PLAIN", "gateway")
                                                .get("sasl.jaas.config") + "'")
                        .anonymous()
                        .start();
                RawKafkaClient slow = RawRequests.connect(gateway, ScriptedBroker.NODE_ID)) {
            slow.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 1, "raw");
            ListGroupsRequestData large = new ListGroupsRequestData().setStatesFilter(List.of("x".repeat(20_000)));
            byte[] frame = RawRequests.frame(ApiKeys.LIST_GROUPS, 4, large, 2);
            slow.send(Arrays.copyOf(frame, frame.length / 2));

            try (RawKafkaClient clock = RawRequests.connect(gateway, ScriptedBroker.NODE_ID)) {
                clock.exchange(ApiKeys.LIST_TRANSACTIONS, 1, new ListTransactionsRequestData(), 1, "raw");
                await().until(() -> authentications(ApiKeys.LIST_TRANSACTIONS) >= 3);
            }
            assertThat(cameWith(ApiKeys.LIST_GROUPS))
                    .as("while a connection that began later has authenticated twice more")
                    .containsExactly(ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE, ApiKeys.LIST_GROUPS);
            slow.send(Arrays.copyOfRange(frame, frame.length / 2, frame.length));

            assertThat(slow.readFrame()).isNotEmpty();
            slow.exchange(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData(), 3, "raw");

            assertThat(cameWith(ApiKeys.LIST_GROUPS))
                    .containsExactly(
                            ApiKeys.SASL_HANDSHAKE,
                            ApiKeys.SASL_AUTHENTICATE,
                            ApiKeys.LIST_GROUPS,
                            ApiKeys.LIST_GROUPS,
                            ApiKeys.SASL_HANDSHAKE,
                            ApiKeys.SASL_AUTHENTICATE,
                            ApiKeys.LIST_GROUPS);
        }
    }

    private ScriptedBroker broker() throws Exception {
        ScriptedBroker broker = new ScriptedBroker();
        broker.on(ApiKeys.SASL_HANDSHAKE, (request, connection) -> {
            note(connection, ApiKeys.SASL_HANDSHAKE);
            connection.respond(request, new SaslHandshakeResponseData().setMechanisms(List.of("PLAIN")));
        });
        broker.on(ApiKeys.SASL_AUTHENTICATE, (request, connection) -> {
            note(connection, ApiKeys.SASL_AUTHENTICATE);
            connection.respond(request, new SaslAuthenticateResponseData().setSessionLifetimeMs(SESSION_MILLIS));
        });
        broker.on(ApiKeys.LIST_GROUPS, (request, connection) -> {
            note(connection, ApiKeys.LIST_GROUPS);
            connection.respond(request, new ListGroupsResponseData());
        });
        broker.on(ApiKeys.LIST_TRANSACTIONS, (request, connection) -> {
            note(connection, ApiKeys.LIST_TRANSACTIONS);
            connection.respond(request, ApiKeys.LIST_TRANSACTIONS.messageType.newResponse());
        });
        return broker;
    }

    private void note(ScriptedBroker.Connection connection, ApiKeys api) {
        came.computeIfAbsent(connection, first -> new CopyOnWriteArrayList<>()).add(api);
    }

    private List<ApiKeys> cameWith(ApiKeys api) {
        return came.values().stream()
                .filter(all -> all.contains(api))
                .findFirst()
                .orElse(List.of());
    }

    private long authentications(ApiKeys api) {
        return cameWith(api).stream()
                .filter(each -> each == ApiKeys.SASL_AUTHENTICATE)
                .count();
    }
}
