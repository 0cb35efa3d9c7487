/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import io.gatehouse.kernel.operations.AuditLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** One event for each outcome of a login, in the audit log and in a metric. */
class AuditIT {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private static final ListAppender<ILoggingEvent> EVENTS = new ListAppender<>();
    private static final String RESOURCES = """
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
            ---
            {apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: denied}, spec: {principal: mallory, deny: true}}
            ---
            apiVersion: gatehouse/v1
            kind: UserMapping
            metadata: {name: apps}
            spec: {rules: ["RULE:^app-(.*)$/$1/U"], virtualCluster: team-a, groups: [writers, apps]}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        EVENTS.start();
        LOGGER.setLevel(Level.INFO);
        LOGGER.setAdditive(false);
        LOGGER.addAppender(EVENTS);
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("app-billing", "mallory", "ann")
                .resource("audited.yaml", RESOURCES)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        LOGGER.detachAppender(EVENTS);
        LOGGER.setLevel(null);
    }

    @BeforeEach
    void forget() {
        EVENTS.list.clear();
    }

    private static RawKafkaClient connect() throws Exception {
        return RawKafkaClient.connect("localhost", gateway.bootstrapPort());
    }

    private static List<JsonNode> events() throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (ILoggingEvent event : List.copyOf(EVENTS.list)) {
            assertThat(event.getFormattedMessage())
                    .doesNotContain("wrong-password")
                    .doesNotContain("\n");
            events.add(new ObjectMapper().readTree(event.getFormattedMessage()));
        }
        return events;
    }

    private static JsonNode onlyEvent() throws Exception {
        await().until(() -> !EVENTS.list.isEmpty());
        assertThat(events()).hasSize(1);
        return events().get(0);
    }

    private static double counted(String outcome) {
        return RawRequests.metric(gateway, "gatehouse_authentications_total", "outcome=\"" + outcome + "\"");
    }

    @Test
    void aLoginSaysWhoCameFromWhereAndAsWhom() throws Exception {
        double before = counted("success");
        try (RawKafkaClient client = connect()) {
            assertThat(client.saslPlain("app-billing", "app-billing").errorCode())
                    .isZero();
        }

        JsonNode event = onlyEvent();
        assertThat(event.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
        assertThat(event.path("event").asText()).isEqualTo("authentication");
        assertThat(event.path("outcome").asText()).isEqualTo("success");
        assertThat(event.path("method").asText()).isEqualTo("PLAIN");
        assertThat(event.path("entry").asText()).isEqualTo("plain");
        assertThat(event.path("principal").asText()).isEqualTo("app-billing");
        assertThat(event.path("username").asText()).isEqualTo("BILLING");
        assertThat(event.path("virtualCluster").asText()).isEqualTo("team-a");
        assertThat(event.path("cluster").asText()).isEqualTo("local");
        assertThat(event.path("groups")).hasToString("[\"apps\",\"writers\"]");
        assertThat(event.path("client").asText()).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(event.path("listener").asText()).isEqualTo("apps");
        assertThat(event.has("reason")).isFalse();
        assertThat(counted("success")).isEqualTo(before + 1);
    }

    @Test
    void wrongCredentialsAreAFailure() throws Exception {
        double before = counted("failure");
        try (RawKafkaClient client = connect()) {
            client.saslPlain("ann", "wrong-password");
        }

        JsonNode event = onlyEvent();
        assertThat(event.path("outcome").asText()).isEqualTo("failure");
        assertThat(event.path("method").asText()).isEqualTo("PLAIN");
        assertThat(event.path("client").asText()).startsWith("127.0.0.1:");
        assertThat(event.path("reason").asText()).isNotEmpty();
        assertThat(event.has("username")).isFalse();
        assertThat(counted("failure")).isEqualTo(before + 1);
    }

    @Test
    void whoIsNotAdmittedIsRefusedByName() throws Exception {
        double before = counted("refused");
        try (RawKafkaClient client = connect()) {
            client.saslPlain("mallory", "mallory");
        }

        JsonNode event = onlyEvent();
        assertThat(event.path("outcome").asText()).isEqualTo("refused");
        assertThat(event.path("principal").asText()).isEqualTo("mallory");
        assertThat(event.path("reason").asText()).isEqualTo("user mapping \"denied\" denies principal \"mallory\"");
        assertThat(counted("refused")).isEqualTo(before + 1);
    }

    @Test
    void whoComesWithoutAMethodIsRefused() throws Exception {
        try (RawKafkaClient client = connect()) {
            client.exchange(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("GSSAPI"), 1, "raw");
        }
        assertThat(onlyEvent().path("reason").asText()).contains("SASL mechanism GSSAPI (expected: one of [PLAIN])");
        forget();
        try (RawKafkaClient client = connect()) {
            client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
        }

        JsonNode event = onlyEvent();
        assertThat(event.path("outcome").asText()).isEqualTo("refused");
        assertThat(event.path("method").asText()).isEqualTo("none");
        assertThat(event.path("reason").asText()).startsWith("METADATA before authentication");
    }

    @Test
    void aLoginThatNeverEndsIsAborted() throws Exception {
        try (RawKafkaClient client = connect()) {
            client.exchange(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"), 1, "raw");
        }

        JsonNode event = onlyEvent();
        assertThat(event.path("outcome").asText()).isEqualTo("aborted");
        assertThat(event.path("client").asText()).startsWith("127.0.0.1:");
    }

    @Test
    void whoIsAdmittedNoMoreIsRevoked() throws Exception {
        try (RawKafkaClient client = connect()) {
            assertThat(client.saslPlain("ann", "ann").errorCode()).isZero();
            gateway.writeResources(
                    "ann.yaml",
                    "{apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: ann}, spec: {principal: ann, deny: true}}");
            await().untilAsserted(() -> {
                try (RawKafkaClient again = connect()) {
                    assertThat(again.saslPlain("ann", "ann").errorCode())
                            .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                }
            });
            client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 1, "raw");
            assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
        }

        assertThat(events()).anySatisfy(event -> {
            assertThat(event.path("outcome").asText()).isEqualTo("revoked");
            assertThat(event.path("username").asText()).isEqualTo("ann");
            assertThat(event.path("reason").asText()).isEqualTo("user mapping \"ann\" denies principal \"ann\"");
        });
    }
}
