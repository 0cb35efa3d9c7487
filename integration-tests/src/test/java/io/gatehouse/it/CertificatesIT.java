/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener's certificate is renewed by replacing its file. */
class CertificatesIT {

    @TempDir
    private Path folder;

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndABrokenFileChangesNothing() throws Exception {
        TestCertificates authority = TestCertificates.in(folder, "authority");
        Path first = authority.keyStore("first", "CN=first", "dns:localhost");
        Path second = authority.keyStore("second", "CN=second", "dns:localhost");
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

    private void replace(Path file, byte[] content) throws Exception {
        Path beside = Files.write(folder.resolve("beside"), content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static SSLSocket connect(SSLContext trusting, TestGateway gateway) throws Exception {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", gateway.bootstrapPort());
        socket.startHandshake();
        return socket;
    }
}
