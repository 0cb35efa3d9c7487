/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SASL/OAUTHBEARER with the Apache client's own client credentials flow. */
class OAuthIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    private static TestIdentityProvider provider;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        provider = new TestIdentityProvider();
        gateway = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-oauth"))
                .authentication("[{type: oauth, jwksUrl: \"" + provider.jwksUrl() + "\", jwksTimeout: 1s, issuer: \""
                        + provider.issuer() + "\", audiences: [" + TestIdentityProvider.AUDIENCE
                        + "], virtualClusters: [team-a]}]")
                .resource("virtual-clusters.yaml", """
                        apiVersion: gatehouse/v1
                        kind: VirtualCluster
                        metadata: {name: team-a}
                        spec: {cluster: local}
                        """)
                .start();
    }

    @BeforeEach
    void ordinaryTokens() {
        provider.lifetime(Duration.ofMinutes(5));
        provider.extraClaims(Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        provider.close();
    }

    @Test
    void aClientWithATokenOfTheIssuerIsAdmitted() throws Exception {
        try (Admin admin = Admin.create(client("billing", "billing"))) {
            assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .isEqualTo(kafka.cluster().clusterId());
        }
    }

    @Test
    void theClientOfTheDocumentationIsAdmitted() throws Exception {
        Map<String, Object> config = new HashMap<>(DocumentedClient.of("## Tokens: `oauth`"));
        config.put("security.protocol", "SASL_PLAINTEXT");
        config.put("sasl.oauthbearer.token.endpoint.url", provider.issuer() + "/token");
        config.computeIfPresent(
                "sasl.jaas.config", (key, value) -> value.toString().replace("\"...\"", "\"billing\""));
        config.put("bootstrap.servers", gateway.bootstrapServers());

        assertThat(describe(config)).isEqualTo(3);
    }

    @Test
    void theVirtualClusterClaimDecidesWhatTheClientSees() throws Exception {
        provider.extraClaims(Map.of("gateway.vcluster", "team-a"));

        try (Admin admin = Admin.create(client("billing", "billing"))) {
            assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                    .isEqualTo("team-a@" + kafka.cluster().clusterId());
        }
    }

    @Test
    void aClaimOfAVirtualClusterThatTheIssuerMayNotChooseIsRefused() {
        provider.extraClaims(Map.of("gateway.vcluster", "team-b"));

        assertThatThrownBy(() -> describe(client("billing", "billing")))
                .hasRootCauseInstanceOf(SaslAuthenticationException.class)
                .hasStackTraceContaining("invalid_token");
    }

    @Test
    void aTokenForSomebodyElseIsRefused() {
        provider.extraClaims(Map.of("aud", "payroll"));

        assertThatThrownBy(() -> describe(client("billing", "billing")))
                .hasRootCauseInstanceOf(SaslAuthenticationException.class)
                .hasStackTraceContaining("invalid_token");
    }

    @Test
    void aProducerOutlivesItsTokensWithoutNoticing() throws Exception {
        kafka.cluster().createTopic("oauth-lifetime", 1, 3);
        provider.lifetime(Duration.ofSeconds(4));
        Map<String, Object> config = client("long-lived", "long-lived");
        config.put("retries", 0);
        double acceptedBefore = metric("gatehouse_connections_accepted_total");
        double authenticatedBefore = metric("gatehouse_authentications_total\\{.*OAUTHBEARER.*success.*\\}");

        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            for (int i = 0; System.nanoTime() < end; i++) {
                producer.send(new ProducerRecord<>("oauth-lifetime", "record " + i))
                        .get(10, TimeUnit.SECONDS);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }

        double accepted = metric("gatehouse_connections_accepted_total") - acceptedBefore;
        double authenticated =
                metric("gatehouse_authentications_total\\{.*OAUTHBEARER.*success.*\\}") - authenticatedBefore;
        assertThat(authenticated)
                .as("authentications on %s connections", accepted)
                .isGreaterThan(accepted);
    }

    private static Map<String, Object> client(String id, String secret) {
        Map<String, Object> config = new HashMap<>(provider.client(id, secret));
        config.put("bootstrap.servers", gateway.bootstrapServers());
        return config;
    }

    private static int describe(Map<String, Object> config) throws Exception {
        try (Admin admin = Admin.create(config)) {
            return admin.describeCluster().nodes().get(20, TimeUnit.SECONDS).size();
        }
    }

    private static double metric(String pattern) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.gatehouse().managementPort() + "/metrics");
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher matcher = Pattern.compile("^" + pattern + " ([0-9.E]+)", Pattern.MULTILINE)
                .matcher(body);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }
}
