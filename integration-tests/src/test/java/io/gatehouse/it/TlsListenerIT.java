/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.kafka.junit.KafkaExtension;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners with TLS, by each provider: one where SASL/PLAIN runs inside, one where the certificate is the credential. */
@ParameterizedClass
@ValueSource(strings = {"JDK", "OPENSSL"})
class TlsListenerIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    @Parameter
    private String provider;

    private static TestCertificates authority;
    private static TestCertificates stranger;
    private static TestGateway required;
    private static TestGateway requested;
    private static TestGateway spiffe;
    private static Path alice;

    @BeforeParameterizedClassInvocation
    static void start(String provider) {
        authority = TestCertificates.in(folder, provider + "-authority");
        stranger = TestCertificates.in(folder, provider + "-stranger");
        alice = authority.keyStore("alice", "CN=alice,OU=apps,O=acme", "");
        Path server = authority.keyStore("server", "CN=gateway", "dns:localhost,ip:127.0.0.1");
        String user = """
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: alice}
                spec: {principal: alice, username: alice-of-apps}
                """;
        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Listeners")) {
            required = requiring(server, user, provider);
            assertThat(log.lines()).singleElement().asString().endsWith("TLS by " + provider);
        }
        requested = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("bob")
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls}, {type: plain, cost: 4, principalPrefix: 'plain:'}]")
                .tls(listener(server, "requested", provider))
                .start();
        spiffe = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls, identifier: san-uri, sanPrefix: 'spiffe://acme/'}]")
                .tls(listener(server, "required", provider))
                .start();
    }

    private static TestGateway requiring(Path server, String user, String provider) {
        return TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls, rules: 'RULE:^CN=([^,]+),OU=apps.*$/$1/,DEFAULT'}]")
                .resource("users.yaml", user)
                .tls(listener(server, "required", provider))
                .start();
    }

    private static String listener(Path keyStore, String clientAuth, String provider) {
        Map<String, Object> properties = new HashMap<>(authority.trusting());
        properties.putAll(TestCertificates.showing(keyStore));
        properties.put("ssl.client.auth", clientAuth);
        if (provider.equals("JDK")) {
            properties.put("ssl.provider", "SunJSSE");
        }
        return properties.entrySet().stream()
                .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        required.close();
        requested.close();
        spiffe.close();
    }

    @Test
    void aCertificateOfTheAuthorityIsAdmitted() throws Exception {
        try (Admin admin = client(required, "SSL", TestCertificates.showing(alice))) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
        }
    }

    @Test
    void theClientOfTheDocumentationIsAdmitted() throws Exception {
        Map<String, Object> config = DocumentedClient.of("## Certificates: `mtls`");
        config.replaceAll((key, value) -> value.equals("...") ? TestCertificates.PASSWORD : value);
        config.replace("ssl.truststore.location", authority.trustStore().toString());
        config.replace("ssl.keystore.location", alice.toString());
        config.put("bootstrap.servers", required.bootstrapServers());

        try (Admin admin = Admin.create(config)) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
        }
    }

    @Test
    void aSpiffeIdIsThePrincipal() throws Exception {
        Path workload = authority.keyStore("workload", "CN=workload", "uri:spiffe://acme/ns/pay/sa/billing");

        try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.client.Login");
                Admin admin = client(spiffe, "SSL", TestCertificates.showing(workload))) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("authentication success")
                            .contains("principal=spiffe://acme/ns/pay/sa/billing"));
        }
    }

    @Test
    void aClientWithoutCertificateIsRefusedWhereOneIsRequired() {
        assertThatThrownBy(() -> describe(required, "SSL", Map.of()))
                .hasCauseInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        Path keyStore = stranger.keyStore("mallory", "CN=alice,OU=apps,O=acme", "");

        assertThatThrownBy(() -> describe(required, "SSL", TestCertificates.showing(keyStore)))
                .hasCauseInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void anExpiredCertificateIsRefused() {
        Path keyStore = authority.keyStore("late", "CN=alice,OU=apps,O=acme", "", "-3d", "1");

        assertThatThrownBy(() -> describe(required, "SSL", TestCertificates.showing(keyStore)))
                .hasCauseInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void whereACertificateIsRequestedAPasswordDoesAsWell() throws Exception {
        assertThat(describe(requested, "SSL", TestCertificates.showing(alice))).isEqualTo(3);
        assertThat(describe(requested, "SASL_SSL", plain("bob", "bob"))).isEqualTo(3);
    }

    @Test
    void aWrongPasswordInsideTlsIsRefused() {
        assertThatThrownBy(() -> describe(requested, "SASL_SSL", plain("bob", "guess")))
                .hasCauseInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void thePortOfTlsClosesAPlaintextClient() throws Exception {
        try (java.net.Socket socket = new java.net.Socket("localhost", required.bootstrapPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0, 0});

            byte[] answer = socket.getInputStream().readAllBytes();

            assertThat(answer.length).as("a TLS alert at most").isLessThan(16);
        }
    }

    private static int describe(TestGateway gateway, String protocol, Map<String, Object> security)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        try (Admin admin = client(gateway, protocol, security)) {
            return admin.describeCluster().nodes().get(20, TimeUnit.SECONDS).size();
        }
    }

    private static Map<String, Object> plain(String user, String password) {
        return Map.of(
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=" + user + " password="
                        + password + ";");
    }

    private static Admin client(TestGateway gateway, String protocol, Map<String, Object> security) {
        Map<String, Object> config = new HashMap<>(authority.trusting());
        config.putAll(security);
        config.put("bootstrap.servers", gateway.bootstrapServers());
        config.put("security.protocol", protocol);
        return Admin.create(config);
    }
}
