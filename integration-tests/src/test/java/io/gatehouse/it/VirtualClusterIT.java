/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which virtual cluster a user comes to, and who is not let in. */
class VirtualClusterIT {

    private static final String NOT_ADMITTED =
            "You are authenticated but not admitted here. Ask the operator of this gateway for a user mapping.";

    private static final String VIRTUAL_CLUSTERS = """
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-a}, spec: {cluster: local}}
            ---
            {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-b}, spec: {cluster: local}}
            """;

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private TestGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void theRouteNamesTheVirtualCluster() throws Exception {
        start(description().route("{virtualCluster: team-a}"));

        assertThat(clusterIdSeenBy("alice"))
                .isEqualTo("team-a@" + kafka.cluster().clusterId());
    }

    @Test
    void theMappingOrElseTheAccountNamesTheVirtualCluster() throws Exception {
        start(description()
                .resource("mappings.yaml", mapping("alice", "virtualCluster: team-a"))
                .resource("account.yaml", account("judy", ", virtualCluster: team-b")));

        assertThat(clusterIdSeenBy("alice"))
                .isEqualTo("team-a@" + kafka.cluster().clusterId());
        assertThat(clusterIdSeenBy("judy"))
                .isEqualTo("team-b@" + kafka.cluster().clusterId());
    }

    @Test
    void whoHasNoVirtualClusterSeesTheRealClusterUnlessTheRouteSaysOtherwise() throws Exception {
        start(description());
        assertThat(clusterIdSeenBy("alice")).isEqualTo(kafka.cluster().clusterId());
        gateway.close();

        start(description().route("{cluster: local, passthrough: false}"));
        assertNotAdmitted("alice");
    }

    @Test
    void aMandatoryVirtualClusterMustBeNamedBySomething() throws Exception {
        TestGateway.Builder mandatory = description()
                .extra("identity: {mandatoryVirtualCluster: true}")
                .resource("mappings.yaml", mapping("bob", "virtualCluster: passthrough"));
        start(mandatory);

        assertNotAdmitted("alice");
        assertThat(clusterIdSeenBy("bob")).isEqualTo(kafka.cluster().clusterId());
    }

    @Test
    void theEnvironmentCanMakeItMandatory() throws Exception {
        start(description().environment(Map.of("GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER", "true")));

        assertNotAdmitted("alice");
    }

    @Test
    void aMappingOrAccountThatNamesAnotherThanTheRouteIsRefused() throws Exception {
        start(description()
                .route("{virtualCluster: team-a}")
                .resource("mappings.yaml", mapping("alice", "virtualCluster: team-b"))
                .resource("account.yaml", account("judy", ", virtualCluster: team-b")));

        assertNotAdmitted("alice");
        assertNotAdmitted("judy");
        assertThat(clusterIdSeenBy("bob")).isEqualTo("team-a@" + kafka.cluster().clusterId());
    }

    @Test
    void anUnknownVirtualClusterIsRefusedUntilItExists() throws Exception {
        start(description().resource("mappings.yaml", mapping("alice", "virtualCluster: team-c")));
        assertNotAdmitted("alice");

        gateway.writeResources(
                "more.yaml",
                "{apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: team-c}, spec: {cluster: local}}");

        Awaitility.await()
                .untilAsserted(() -> assertThat(login("alice").errorCode()).isZero());
        assertThat(clusterIdSeenBy("alice"))
                .isEqualTo("team-c@" + kafka.cluster().clusterId());
    }

    @Test
    void itsOwnAuthenticationReplacesTheListenersWhereTheRouteNamesIt() throws Exception {
        start(description()
                .allowAnonymous()
                .route("{virtualCluster: open}")
                .resource("open.yaml", withAuthentication("open", "{type: anonymous}")));

        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            assertThat(clusterId(client, 1)).isEqualTo("open@" + kafka.cluster().clusterId());
        }
        assertThatThrownBy(() -> login("alice")).hasMessageContaining("UNSUPPORTED_SASL_MECHANISM");
    }

    @Test
    void whereTheUserDecidesItAdmitsWhoComesByAnEntryOfItsOwn() throws Exception {
        start(description()
                .resource(
                        "mappings.yaml",
                        mapping("alice", "virtualCluster: admitting") + "\n---\n"
                                + mapping("bob", "virtualCluster: refusing"))
                .resource(
                        "own.yaml",
                        withAuthentication("admitting", "{type: plain, cost: 4}") + "---\n"
                                + withAuthentication("refusing", "{type: plain, cost: 4, name: other}")));

        assertThat(clusterIdSeenBy("alice"))
                .isEqualTo("admitting@" + kafka.cluster().clusterId());
        assertNotAdmitted("bob");
    }

    private static String withAuthentication(String virtualCluster, String entry) {
        return """
                apiVersion: gatehouse/v1
                kind: VirtualCluster
                metadata: {name: %s}
                spec: {cluster: local, authentication: [%s]}
                """.formatted(virtualCluster, entry);
    }

    @Test
    void aPrincipalThatIsDeniedIsRefused() throws Exception {
        start(description().resource("mappings.yaml", mapping("alice", "deny: true")));

        assertNotAdmitted("alice");
        assertThat(login("bob").errorCode()).isZero();
    }

    @Test
    void kafkasOwnClientShowsTheRefusalToItsOwner() {
        start(description().resource("mappings.yaml", mapping("alice", "deny: true")));

        try (Admin admin = Admin.create(Clients.as(gateway.bootstrapServers(), "alice"))) {
            assertThatThrownBy(() -> admin.describeCluster().clusterId().get())
                    .cause()
                    .isInstanceOf(SaslAuthenticationException.class)
                    .hasMessage(NOT_ADMITTED);
        }
    }

    @Test
    void anAccountThatIsDisabledDeletedOrMovedLosesItsConnectionsBeforeTheirNextRequest() throws Exception {
        start(description()
                .resource("dan.yaml", account("dan", ""))
                .resource("eve.yaml", account("eve", ""))
                .resource("fay.yaml", account("fay", "")));
        try (RawKafkaClient dan = connect("dan");
                RawKafkaClient eve = connect("eve");
                RawKafkaClient fay = connect("fay");
                RawKafkaClient bob = connect("bob")) {
            for (RawKafkaClient client : new RawKafkaClient[] {dan, eve, fay, bob}) {
                assertThat(clusterId(client, 1)).isEqualTo(kafka.cluster().clusterId());
            }

            gateway.writeResources("dan.yaml", account("dan", ", enabled: false"));
            gateway.deleteResources("eve.yaml");
            gateway.writeResources("fay.yaml", account("fay", ", virtualCluster: team-a"));

            Awaitility.await().untilAsserted(() -> {
                assertThat(login("dan").errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                assertThat(login("eve").errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                assertThat(clusterIdSeenBy("fay")).startsWith("team-a@");
            });
            assertClosedAtNextRequest(dan);
            assertClosedAtNextRequest(eve);
            assertClosedAtNextRequest(fay);
            assertThat(clusterId(bob, 2)).isEqualTo(kafka.cluster().clusterId());
        }
    }

    @Test
    void aMappingThatMovesOrDeniesAUserClosesItsConnections() throws Exception {
        start(description());
        try (RawKafkaClient alice = connect("alice");
                RawKafkaClient bob = connect("bob")) {
            assertThat(clusterId(alice, 1)).isEqualTo(kafka.cluster().clusterId());
            assertThat(clusterId(bob, 1)).isEqualTo(kafka.cluster().clusterId());

            gateway.writeResources("mappings.yaml", mapping("alice", "deny: true"));

            Awaitility.await().untilAsserted(() -> assertNotAdmitted("alice"));
            assertClosedAtNextRequest(alice);
            assertThat(clusterId(bob, 2)).isEqualTo(kafka.cluster().clusterId());
        }
    }

    @Test
    void whenTheAuthenticatorsPluginGoesNobodyNewPassesUntilItIsBack() throws Exception {
        start(description());
        try (RawKafkaClient alice = connect("alice")) {
            assertThat(clusterId(alice, 1)).isEqualTo(kafka.cluster().clusterId());

            gateway.removePlugin(TestGateway.jarOf("plugins/auth-plain"));
            Awaitility.await().until(() -> gateway.management("/health/ready").statusCode() == 503);

            assertThat(gateway.management("/health/ready").body())
                    .contains(
                            "listeners[0].authentication[0].type: plain (expected: a type that a loaded plugin offers");
            assertThat(clusterId(alice, 2))
                    .as("who was in stays")
                    .isEqualTo(kafka.cluster().clusterId());
        }
        assertThatThrownBy(() -> login("alice")).isInstanceOf(java.io.EOFException.class);

        gateway.dropPlugin(TestGateway.jarOf("plugins/auth-plain"));

        Awaitility.await()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(login("alice").errorCode()).isZero());
        assertThat(gateway.management("/health/ready").statusCode()).isEqualTo(200);
    }

    // ---- the gateway

    private void start(TestGateway.Builder description) {
        gateway = description.start();
    }

    private static TestGateway.Builder description() {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("alice", "bob")
                .resource("virtual-clusters.yaml", VIRTUAL_CLUSTERS);
    }

    private static String mapping(String principal, String spec) {
        return "{apiVersion: gatehouse/v1, kind: UserMapping, metadata: {name: %1$s}, spec: {principal: %1$s, %2$s}}"
                .formatted(principal, spec);
    }

    private static String account(String name, String spec) {
        return "{apiVersion: gatehouse/v1, kind: Account, metadata: {name: %1$s}, spec: {password: %1$s%2$s}}"
                .formatted(name, spec);
    }

    // ---- clients

    private SaslAuthenticateResponseData login(String user) throws Exception {
        try (RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort())) {
            return client.saslPlain(user, user);
        }
    }

    private void assertNotAdmitted(String user) throws Exception {
        SaslAuthenticateResponseData answer = login(user);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(answer.errorMessage()).isEqualTo(NOT_ADMITTED);
    }

    private RawKafkaClient connect(String user) throws Exception {
        RawKafkaClient client = RawKafkaClient.connect("localhost", gateway.bootstrapPort());
        assertThat(client.saslPlain(user, user).errorCode()).isZero();
        return client;
    }

    private String clusterIdSeenBy(String user) throws Exception {
        try (RawKafkaClient client = connect(user)) {
            return clusterId(client, 1);
        }
    }

    private static String clusterId(RawKafkaClient client, int correlationId) throws Exception {
        MetadataResponseData response =
                client.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), correlationId, "raw");
        return response.clusterId();
    }

    private static void assertClosedAtNextRequest(RawKafkaClient client) throws Exception {
        client.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 99, "raw");
        assertThat(client.isClosedByPeer(Duration.ofSeconds(10))).isTrue();
    }
}
