/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and trust stores are renewed by replacing their files. */
class CertificatesIT {

    /** Each key pair takes a process to make, so the tests share them. */
    @TempDir
    private static Path made;

    private static TestCertificates authority;
    private static Path first;
    private static Path second;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeCertificates() {
        authority = TestCertificates.in(made, "authority");
        first = authority.keyStore("first", "CN=first", "dns:localhost");
        second = authority.keyStore("second", "CN=second", "dns:localhost");
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndABrokenFileChangesNothing() throws Exception {
        Path used = folder.resolve("used.p12");
        Files.copy(first, used);
        SSLContext trusting = authority.trustingContext("TLS");
        try (TestGateway gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("ann")
                .tls("{ssl.keystore.location: \"" + used + "\", ssl.keystore.password: " + TestCertificates.PASSWORD
                        + ", ssl.key.password: " + TestCertificates.PASSWORD + ", ssl.keystore.type: PKCS12}")
                .start()) {
            try (SSLSocket open = connect(trusting, gateway)) {
                assertThat(TestCertificates.subject(open)).isEqualTo("CN=first");

                replace(used, Files.readAllBytes(second));

                Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> {
                    try (SSLSocket socket = connect(trusting, gateway)) {
                        return TestCertificates.subject(socket).equals("CN=second");
                    }
                });
                open.setSoTimeout(100);
                assertThat(open.isClosed()).isFalse();
            }
            try (CapturedLog log = CapturedLog.of("io.gatehouse.kernel.ReloadedTls")) {
                replace(used, new byte[] {1, 2, 3});
                Awaitility.await()
                        .atMost(Duration.ofSeconds(15))
                        .until(() ->
                                log.lines().stream().anyMatch(line -> line.contains("what was read before stays")));
            }
            try (SSLSocket socket = connect(trusting, gateway)) {
                assertThat(TestCertificates.subject(socket)).isEqualTo("CN=second");
            }
        }
    }

    @Test
    void clientsAreTrustedByTheTrustStoreAsItIsNow() throws Exception {
        TestCertificates next = TestCertificates.in(folder, "next-authority");
        Path used = Files.copy(authority.trustStore(), folder.resolve("trusted.p12"));
        try (TestGateway gateway = TestGateway.inFrontOf("127.0.0.1:1")
                .plugin(TestGateway.jarOf("plugins/auth-mtls"))
                .authentication("[{type: mtls}]")
                .tls("{ssl.keystore.location: \"" + first + "\", ssl.keystore.password: " + TestCertificates.PASSWORD
                        + ", ssl.keystore.type: PKCS12, ssl.client.auth: required, ssl.truststore.location: \"" + used
                        + "\", ssl.truststore.password: " + TestCertificates.PASSWORD
                        + ", ssl.truststore.type: PKCS12}")
                .start()) {
            SSLContext old = showing(authority.trustStore(), second);
            SSLContext renewed = showing(authority.trustStore(), next.keyStore("renewed", "CN=client", ""));
            assertThat(isAccepted(old, gateway)).isTrue();
            assertThat(isAccepted(renewed, gateway)).isFalse();

            replace(used, Files.readAllBytes(next.trustStore()));

            Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> isAccepted(renewed, gateway));
            assertThat(isAccepted(old, gateway)).isFalse();
        }
    }

    /** With TLS 1.3 a client learns only from the first byte after the handshake what the server thinks of its certificate. */
    private static boolean isAccepted(SSLContext context, TestGateway gateway) throws Exception {
        try (SSLSocket socket = connect(context, gateway)) {
            socket.setSoTimeout(500);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (SSLException | SocketException e) {
            return false;
        }
    }

    @Test
    void theHttpApiShowsTheCertificateAsItIsNow() throws Exception {
        // A link, as of certbot and of mounted secrets: what it leads to is another file after a renewal.
        Path used = Files.createSymbolicLink(folder.resolve("api.p12"), first);
        int port = FreePorts.take(1);
        try (TestGateway ignored = TestGateway.inFrontOf("127.0.0.1:1")
                .accounts("ann")
                .plugin(TestGateway.jarOf("plugins/admin-http"))
                .extra("administration: [{type: http, port: " + port + ", tls: {keystore: " + used
                        + ", keystorePassword: " + TestCertificates.PASSWORD + "}}]")
                .start()) {
            SSLContext trusting = trusting(authority.trustStore());
            assertThat(subjectAt(port, trusting)).isEqualTo("CN=first");

            Path next = Files.createSymbolicLink(folder.resolve("next.p12"), second);
            Files.move(next, used, StandardCopyOption.ATOMIC_MOVE);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> subjectAt(port, trusting).equals("CN=second"));
            try (CapturedLog log = CapturedLog.of("io.gatehouse.plugins.admin.http.RenewedTls")) {
                replace(used, new byte[] {1, 2, 3});
                Awaitility.await()
                        .atMost(Duration.ofSeconds(15))
                        .until(() ->
                                log.lines().stream().anyMatch(line -> line.contains("what was read before stays")));
            }
            assertThat(subjectAt(port, trusting)).isEqualTo("CN=second");
        }
    }

    private static String subjectAt(int port, SSLContext trusting) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", port)) {
            socket.startHandshake();
            return subject(socket);
        }
    }

    private static SSLContext showing(Path trustStore, Path keyStore) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, TestCertificates.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), trust(trustStore).getTrustManagers(), null);
        return context;
    }

    private void replace(Path file, byte[] content) throws Exception {
        Path beside = Files.write(folder.resolve("beside"), content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static SSLSocket connect(SSLContext trusting, TestGateway gateway) throws Exception {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", gateway.bootstrapPort());
        socket.startHandshake();
        return socket;
    }

    static String subject(SSLSocket socket) throws Exception {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    static SSLContext trusting(Path trustStore) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(trustStore).getTrustManagers(), null);
        return context;
    }

    private static TrustManagerFactory trust(Path trustStore) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(trustStore)) {
            store.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }
}
