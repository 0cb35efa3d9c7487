/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A server's certificate for localhost, signed by itself, as Redis and as Java want it. */
final class RedisCertificates {

    static final String PASSWORD = "changeit";

    private final Path folder;

    private RedisCertificates(Path folder) {
        this.folder = folder;
    }

    static RedisCertificates in(Path folder) throws Exception {
        RedisCertificates certificates = new RedisCertificates(folder);
        certificates.keytool(
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "30",
                "-keystore",
                "server.p12");
        certificates.keytool(
                "-exportcert", "-rfc", "-alias", "redis", "-keystore", "server.p12", "-file", "server.crt");
        certificates.keytool(
                "-importcert", "-noprompt", "-alias", "redis", "-file", "server.crt", "-keystore", "trust.p12");
        return certificates;
    }

    byte[] certificate() throws Exception {
        return Files.readAllBytes(folder.resolve("server.crt"));
    }

    /** PKCS#8 in PEM. */
    byte[] key() throws Exception {
        KeyStore store = KeyStore.getInstance(folder.resolve("server.p12").toFile(), PASSWORD.toCharArray());
        byte[] encoded = store.getKey("redis", PASSWORD.toCharArray()).getEncoded();
        ByteArrayOutputStream pem = new ByteArrayOutputStream();
        pem.writeBytes("-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII));
        pem.writeBytes(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(encoded));
        pem.writeBytes("\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII));
        return pem.toByteArray();
    }

    Path trustStore() {
        return folder.resolve("trust.p12");
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
    }
}
