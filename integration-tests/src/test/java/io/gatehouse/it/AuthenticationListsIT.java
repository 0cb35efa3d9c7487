/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static io.gatehouse.it.RawRequests.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which of several methods a client comes by, on a listener and where a virtual cluster has a list of its own. */
class AuthenticationListsIT {

    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestGateway.Builder gateway() {
        return TestGateway.inFrontOf(kafka.bootstrapServers()).accounts("alice");
    }

    private static SaslHandshakeResponseData handshake(RawKafkaClient client, String mechanism) throws IOException {
        return client.exchange(
                ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism(mechanism), 1, "raw");
    }

    private static String clusterId(RawKafkaClient client) throws IOException {
        MetadataResponseData response = client.exchange(ApiKeys.METADATA, 9, new MetadataRequestData(), 7, "raw");
        return response.clusterId();
    }

    @Test
    void whatIsOfferedIsWhatIsConfiguredOfAllEntries() throws Exception {
        try (TestIdentityProvider provider = new TestIdentityProvider();
                TestGateway gateway = gateway()
                        .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                        .authentication("[{type: plain, cost: 4, mechanisms: [PLAIN, SCRAM-SHA-512],"
                                + " scramSaltSecret: the same on all gateways and listeners},"
                                + " {type: oauth, principalPrefix: 'id:', jwksUrl: \"" + provider.jwksUrl()
                                + "\", issuer: \"" + provider.issuer() + "\", audiences: [kafka]}]")
                        .start();
                RawKafkaClient client = connect(gateway);
                RawKafkaClient other = connect(gateway)) {
            assertThat(handshake(client, "OAUTHBEARER").mechanisms())
                    .containsExactly("OAUTHBEARER", "PLAIN", "SCRAM-SHA-512");
            SaslHandshakeResponseData refusal = handshake(other, "SCRAM-SHA-256");
            assertThat(refusal.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(refusal.mechanisms()).containsExactly("OAUTHBEARER", "PLAIN", "SCRAM-SHA-512");
        }
    }

    @Test
    void aMethodThatFailsDoesNotFallThroughToAnonymous() throws Exception {
        try (TestGateway gateway = gateway()
                .anonymous()
                .authentication("[{type: plain, cost: 4}, {type: anonymous}]")
                .start()) {
            try (RawKafkaClient anonymous = connect(gateway);
                    RawKafkaClient alice = connect(gateway);
                    CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login")) {
                assertThat(clusterId(anonymous)).isEqualTo(kafka.cluster().clusterId());
                assertThat(alice.saslPlain("alice", "alice").errorCode()).isZero();
                assertThat(log.lines()).hasSize(2);
                assertThat(log.lines().get(0)).contains("principal=ANONYMOUS");
                assertThat(log.lines().get(1)).contains("principal=alice");
            }
            try (RawKafkaClient mallory = connect(gateway)) {
                assertThat(mallory.saslPlain("alice", "wrong").errorCode())
                        .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                assertThat(mallory.isClosedByPeer(PROMPTLY)).isTrue();
            }
            try (RawKafkaClient undecided = connect(gateway)) {
                handshake(undecided, "PLAIN");
                undecided.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 2, "raw");
                assertThat(undecided.isClosedByPeer(PROMPTLY)).isTrue();
            }
        }
    }

    @Test
    void whereTheRouteNamesAVirtualClusterItsOwnListReplacesTheListeners() throws Exception {
        try (TestGateway gateway = gateway()
                .anonymous()
                .route("{virtualCluster: strict}")
                .resource("strict.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: strict}
                        spec: {cluster: local, authentication: [{type: plain, cost: 4}]}
                        """)
                .start()) {
            try (RawKafkaClient anonymous = connect(gateway)) {
                anonymous.send(ApiKeys.METADATA, 9, new MetadataRequestData(), 1, "raw");
                assertThat(anonymous.isClosedByPeer(PROMPTLY)).isTrue();
            }
            try (RawKafkaClient alice = connect(gateway)) {
                assertThat(alice.saslPlain("alice", "alice").errorCode()).isZero();
                assertThat(clusterId(alice)).startsWith("strict@");
            }
        }
    }

    @Test
    void whereTheUserDecidesAMethodThatTheVirtualClusterDoesNotListIsRefused() throws Exception {
        try (TestGateway gateway = gateway()
                .authentication("[{type: plain, cost: 4, mechanisms: [PLAIN], sharedPrincipals: true},"
                        + " {type: plain, name: staff, cost: 4, mechanisms: [SCRAM-SHA-256], sharedPrincipals: true,"
                        + " scramSaltSecret: the same on all gateways and listeners}]")
                .resource("virtual-clusters.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: of-staff}
                        spec:
                          cluster: local
                          authentication:
                            - {type: plain, name: staff, cost: 4, mechanisms: [SCRAM-SHA-256], scramSaltSecret: the same on all gateways and listeners}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: alice}
                        spec: {principal: alice, virtualCluster: of-staff}
                        """)
                .start()) {
            try (RawKafkaClient byPassword = connect(gateway);
                    CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login")) {
                SaslAuthenticateResponseData answer = byPassword.saslPlain("alice", "alice");

                assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .endsWith("virtual cluster \"of-staff\" does not list authentication \"plain\"");
            }
            Map<String, Object> bySalt = Clients.as(gateway.bootstrapServers(), "alice");
            bySalt.put("sasl.mechanism", "SCRAM-SHA-256");
            bySalt.computeIfPresent(
                    "sasl.jaas.config",
                    (key, value) -> value.toString().replace("plain.PlainLoginModule", "scram.ScramLoginModule"));
            try (Admin admin = Admin.create(bySalt)) {
                assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                        .startsWith("of-staff@");
            }
        }
    }

    /** A client at another address of this machine is no client of this machine: the gateway sees where it comes from. */
    @Test
    void withoutTlsCredentialsFromElsewhereAreTakenOnlyWhereThatIsSaid() throws Exception {
        Optional<InetAddress> address = otherThanLoopback();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        String host = address.orElseThrow().getHostAddress();
        int first = FreePorts.take(2 * TestGateway.PORTS);
        int second = first + TestGateway.PORTS;
        try (TestGateway gateway = gateway()
                .listener(listener("closed", host, first, ""))
                .listener(listener("told", host, second, ", allowPlaintextCredentials: true"))
                .start()) {
            assertThat(gateway.bootstrapPort()).isNotIn(first, second);
            try (RawKafkaClient client = RawKafkaClient.connect(host, first)) {
                SaslHandshakeResponseData answer = handshake(client, "PLAIN");

                assertThat(answer.errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
                assertThat(client.isClosedByPeer(PROMPTLY)).isTrue();
            }
            try (RawKafkaClient client = RawKafkaClient.connect(host, second)) {
                assertThat(client.saslPlain("alice", "alice").errorCode()).isZero();
            }
        }
    }

    private static String listener(String name, String address, int first, String more) {
        return "{name: %s, addresses: [%s], advertisedHost: %s, ports: [\"%d-%d\"], route: {cluster: local}, authentication: [{type: plain, cost: 4}]%s}"
                .formatted(name, address, address, first, first + TestGateway.PORTS - 1, more);
    }

    private static Optional<InetAddress> otherThanLoopback() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .filter(each -> !each.isLoopbackAddress())
                .findFirst();
    }
}
