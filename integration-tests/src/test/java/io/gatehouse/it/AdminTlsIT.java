/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.gatehouse.it.CommandLineRun.Outcome;
import io.gatehouse.it.TestGateway.Builder.Written;
import io.gatehouse.kernel.Gatehouse;
import io.gatehouse.kernel.config.ConfigLoader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators who come by HTTPS with a password, a certificate or a token, as the command line does it. */
class AdminTlsIT {

    private static final List<String> GET = List.of("get", "virtualcluster");

    @TempDir
    private static Path folder;

    private static TestIdentityProvider provider;
    private static TestCertificates authority;
    private static TestCertificates otherAuthority;
    private static TestGateway gateway;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        provider = new TestIdentityProvider();
        authority = TestCertificates.in(folder, "authority");
        otherAuthority = TestCertificates.in(folder, "other");
        Path server = authority.keyStore("admin-api", "CN=admin-api", "dns:localhost");
        port = FreePorts.take(1);
        gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("""
                        administration:
                          - type: http
                            port: %d
                            failuresPerMinute: 1000
                            tls:
                              keystore: %s
                              keystorePassword: %s
                              truststore: %s
                              truststorePassword: %s
                              clientAuth: requested
                            users:
                              - {name: writer, certificate: "CN=writer,O=acme", role: read-write}
                              - {name: reader, passwordHash: "%s"}
                            bearer:
                              jwks: %s
                              issuer: %s
                              audience: kafka
                              roleClaim: realm_access.roles
                              readWrite: [admins]
                              readOnly: [viewers]
                        """.formatted(
                                port,
                                server,
                                TestCertificates.PASSWORD,
                                authority.trustStore(),
                                TestCertificates.PASSWORD,
                                BCrypt.withDefaults().hashToString(4, "reader-password".toCharArray()),
                                provider.jwksUrl(),
                                provider.issuer()))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        provider.close();
    }

    private static Outcome gatehouse(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("--url", "https://localhost:" + port));
        all.addAll(List.of(more));
        return CommandLineRun.of(all);
    }

    private static String secret(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "secret", ""), text)
                .toString();
    }

    private static String group(String name) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), AdminClient.document("Group", name, "{members: [a]}"))
                .toString();
    }

    @Test
    void aCertificateThatNobodyTrustsOrOfAnotherHostEndsTheCommandBeforeThePasswordIsShown() throws IOException {
        String password = secret("reader-password");
        String ca = authority.pem().toString();

        Outcome untrusted = gatehouse(GET, "--username", "reader", "--password-file", password);
        Outcome ofAnother = gatehouse(
                GET,
                "--username",
                "reader",
                "--password-file",
                password,
                "--ca",
                otherAuthority.pem().toString());
        Outcome otherHost = CommandLineRun.of(List.of(
                "get",
                "virtualcluster",
                "--url",
                "https://127.0.0.1:" + port,
                "--username",
                "reader",
                "--password-file",
                password,
                "--ca",
                ca));
        Outcome trusted = gatehouse(GET, "--username", "reader", "--password-file", password, "--ca", ca);

        for (Outcome refused : List.of(untrusted, ofAnother, otherHost)) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.errors()).contains("TLS failed", "--ca");
        }
        assertThat(trusted.exitCode()).as(trusted.errors()).isZero();
    }

    @Test
    void aCertificateIsEnoughToComeInAndItsSubjectDecidesTheRole() throws IOException {
        Path writer = authority.keyStore("writer", "CN=writer,O=acme", "");
        Path stranger = authority.keyStore("stranger", "CN=stranger,O=acme", "");
        Path forged = otherAuthority.keyStore("forged", "CN=writer,O=acme", "");
        String password = secret(TestCertificates.PASSWORD);
        List<String> apply = List.of(
                "apply", "-f", group("by-certificate"), "--ca", authority.pem().toString());

        Outcome refused = gatehouse(apply, "--keystore", stranger.toString(), "--keystore-password-file", password);
        Outcome foreign = gatehouse(apply, "--keystore", forged.toString(), "--keystore-password-file", password);
        Outcome applied = gatehouse(apply, "--keystore", writer.toString(), "--keystore-password-file", password);

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors()).contains("the credentials are not accepted");
        assertThat(foreign.exitCode()).isNotZero();
        assertThat(applied).isEqualTo(new Outcome(0, "Group/by-certificate created\n", ""));
    }

    @Test
    void aTokenOfTheProviderComesInWithTheRoleThatItsClaimGives() throws IOException {
        String writes = provider.issue(
                "ops", Map.of("aud", "kafka", "realm_access", Map.of("roles", List.of("staff", "admins"))));
        String reads = provider.issue(
                "dashboard", Map.of("aud", "kafka", "realm_access", Map.of("roles", List.of("viewers"))));
        String neither =
                provider.issue("guest", Map.of("aud", "kafka", "realm_access", Map.of("roles", List.of("staff"))));
        String elsewhere =
                provider.issue("ops", Map.of("aud", "other", "realm_access", Map.of("roles", List.of("admins"))));
        provider.lifetime(Duration.ofMinutes(-5));
        String expired =
                provider.issue("ops", Map.of("aud", "kafka", "realm_access", Map.of("roles", List.of("admins"))));
        provider.lifetime(Duration.ofMinutes(5));

        assertThat(byToken(writes)).isEqualTo(new Outcome(0, "Group/by-token created\n", ""));
        assertThat(byToken(reads).errors()).contains("You may not change anything", "dashboard is read-only");
        for (String refused : List.of(neither, elsewhere, expired, writes.substring(0, writes.length() - 4) + "AAAA")) {
            assertThat(byToken(refused).errors()).contains("the credentials are not accepted");
        }
    }

    /** By a context, whose file is its owner's alone. */
    private static Outcome byToken(String token) throws IOException {
        String home = System.setProperty("user.home", folder.toString());
        try {
            CommandLineRun.of(List.of(
                    "context",
                    "tls",
                    "--url",
                    "https://localhost:" + port,
                    "--token-file",
                    secret(token),
                    "--ca",
                    authority.pem().toString()));
            Path contexts = folder.resolve(".config/gatehouse/contexts.yaml");
            assertThat(Files.getPosixFilePermissions(contexts)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            return CommandLineRun.of(List.of("apply", "-f", group("by-token")));
        } finally {
            System.setProperty("user.home", home);
        }
    }

    @Test
    void nothingButLoopbackIsServedWithoutTls() throws IOException {
        int open = FreePorts.take(1);
        TestGateway.Builder exposed = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("alice")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + open + ", address: 0.0.0.0}]");
        Written written = exposed.write();

        List<String> problems = Gatehouse.check(ConfigLoader.load(written.config(), Map.of()), written.home());

        assertThat(problems).singleElement().asString().contains("0.0.0.0 without tls");
        try (TestGateway gateway = exposed.start()) {
            assertThat(gateway.management("/health/live").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> new Socket("127.0.0.1", open).close()).isInstanceOf(ConnectException.class);
        }
        TestGateway.delete(written.home());
    }
}
