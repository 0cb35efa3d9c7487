/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kafka.junit.KafkaExtension;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two issuers of tokens side by side on one listener, and a third one that nobody has listed; conformance line 41. */
class SeveralIssuersIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestIdentityProvider corporate;
    private static TestIdentityProvider partners;
    private static TestIdentityProvider stranger;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        corporate = new TestIdentityProvider();
        partners = new TestIdentityProvider();
        stranger = new TestIdentityProvider();
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("[" + entry("corporate", corporate, "") + ", "
                        + entry("partners", partners, ", principalPrefix: partner-") + "]")
                .resource("who.yaml", """
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: of-corporate}, spec: {cluster: local}}
                        ---
                        {apiVersion: gatehouse/v1, kind: VirtualCluster, metadata: {name: of-partners}, spec: {cluster: local}}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: corporate}
                        spec: {principal: billing, virtualCluster: of-corporate}
                        ---
                        apiVersion: gatehouse/v1
                        kind: UserMapping
                        metadata: {name: partners}
                        spec: {principal: partner-billing, virtualCluster: of-partners}
                        """)
                .start();
    }

    private static String entry(String name, TestIdentityProvider provider, String more) {
        return "{type: oauth, name: " + name + ", jwksUrl: \"" + provider.jwksUrl() + "\", issuer: \""
                + provider.issuer() + "\", audiences: [" + TestIdentityProvider.AUDIENCE + "]" + more + "}";
    }

    @AfterAll
    static void stop() {
        gateway.close();
        corporate.close();
        partners.close();
        stranger.close();
    }

    @Test
    void clientsOfEachIssuerComeInAsItsOwn() throws Exception {
        assertThat(clusterIdSeenBy(corporate)).startsWith("of-corporate@");
        assertThat(clusterIdSeenBy(partners)).startsWith("of-partners@");
    }

    private static String clusterIdSeenBy(TestIdentityProvider provider) throws Exception {
        Map<String, Object> config = new HashMap<>(provider.client("billing", "billing"));
        config.put("bootstrap.servers", gateway.bootstrapServers());
        try (Admin admin = Admin.create(config)) {
            return admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS);
        }
    }

    /** Both issuers call their key the same, so that only the signature tells. */
    @Test
    void whoNamesAnotherIssuerThanItsOwnIsRefused() throws Exception {
        assertThat(refused(partners.issue("billing", Map.of("iss", corporate.issuer()))))
                .contains("invalid_token");
        assertThat(refused(corporate.issue("billing", Map.of("iss", partners.issuer()))))
                .contains("invalid_token");
    }

    @Test
    void anIssuerThatIsNotListedIsRefused() throws Exception {
        assertThat(refused(stranger.issue("billing", Map.of()))).contains("invalid_token");
        assertThat(refused("no.token.at.all")).contains("invalid_token");
    }

    @Test
    void oneIssuerCannotMintThePrincipalsOfAnother() throws Exception {
        assertThat(refused(corporate.issue("partner-billing", Map.of())))
                .contains("You are authenticated but not admitted here.");
    }

    /** A token that one entry refuses is not shown to the next one, whatever that would say. */
    @ParameterizedTest
    @CsvSource({"aud, payroll", "gateway.vcluster, of-partners"})
    void whatItsOwnEntryRefusesIsRefused(String claim, String value) throws Exception {
        assertThat(refused(corporate.issue("billing", Map.of(claim, value)))).contains("invalid_token");
        assertThat(refused(partners.issue("billing", Map.of(claim, value)))).contains("invalid_token");
    }

    @Test
    void anotherIssuersTokenDoesNotGoOnWithTheConnection() throws Exception {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            assertThat(bearer(client, partners.issue("billing", Map.of())).errorCode())
                    .isZero();
            assertThat(bearer(client, partners.issue("billing", Map.of())).errorCode())
                    .isZero();

            SaslAuthenticateResponseData answer = bearer(client, corporate.issue("billing", Map.of()));

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).contains("principals");
        }
    }

    /** The message with which a token is refused. */
    private static String refused(String token) throws IOException {
        try (RawKafkaClient client = RawRequests.connect(gateway)) {
            SaslAuthenticateResponseData answer = bearer(client, token);
            if (answer.errorCode() == Errors.NONE.code()) {
                assertThat(answer.authBytes()).as("the error of RFC 7628").isNotEmpty();
                answer = message(client, new byte[] {1});
            }
            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            return answer.errorMessage();
        }
    }

    private static SaslAuthenticateResponseData bearer(RawKafkaClient client, String token) throws IOException {
        client.exchange(
                ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"), 1, "raw");
        return message(client, ("n,,\u0001auth=Bearer " + token + "\u0001\u0001").getBytes(StandardCharsets.UTF_8));
    }

    private static SaslAuthenticateResponseData message(RawKafkaClient client, byte[] message) throws IOException {
        return client.exchange(
                ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(message), 2, "raw");
    }
}
