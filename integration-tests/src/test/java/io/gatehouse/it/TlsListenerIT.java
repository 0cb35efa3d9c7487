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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Listeners with TLS: one where SASL/PLAIN runs inside, one where the certificate is the credential. */
class TlsListenerIT {

    @RegisterExtension
    static final KafkaExtension kafka = KafkaExtension.shared(3);

    @TempDir
    static Path folder;

    private static TestCertificates authority;
    private static TestCertificates stranger;
    private static TestGateway required;
    private static TestGateway requested;
    private static Path alice;

    @BeforeAll
    static void start() {
        authority = TestCertificates.in(folder, "authority");
        stranger = TestCertificates.in(folder, "stranger");
        alice = authority.keyStore("alice", "CN=alice,OU=apps,O=acme", "");
        Path server = authority.keyStore("server", "CN=gateway", "dns:localhost,ip:127.0.0.1");
        String user = """
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: alice}
                spec: {principal: alice, username: alice-of-apps}
                """;
        required = TestGateway.inFrontOf(kafka.bootstrapServers())
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls, rules: 'RULE:^CN=([^,]+),OU=apps.*$/$1/,DEFAULT'}]")
                .resource("users.yaml", user)
                .tls(listener(server, "required"))
                .start();
        requested = TestGateway.inFrontOf(kafka.bootstrapServers())
                .accounts("bob")
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls}, {type: plain, cost: 4, principalPrefix: 'plain:'}]")
                .tls(listener(server, "requested"))
                .start();
    }

    private static String listener(Path keyStore, String clientAuth) {
        Map<String, Object> properties = new HashMap<>(authority.trusting());
        properties.putAll(TestCertificates.showing(keyStore));
        properties.put("ssl.client.auth", clientAuth);
        return properties.entrySet().stream()
                .map(property -> property.getKey() + ": \"" + property.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
    }

    @AfterAll
    static void stop() {
        required.close();
        requested.close();
    }

    @Test
    void aCertificateOfTheAuthorityIsAdmitted() throws Exception {
        try (Admin admin = client(required, "SSL", TestCertificates.showing(alice))) {
            assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasSize(3);
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
