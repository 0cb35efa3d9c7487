/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority for a test, made with the JDK's keytool: real keys, real certificates, in PKCS12 files. */
public final class TestCertificates {

    /** Of every store. */
    public static final String PASSWORD = "test-only";

    private final Path folder;
    private final String authority;

    private TestCertificates(Path folder, String authority) {
        this.folder = folder;
        this.authority = authority;
    }

    /** Makes an authority whose files are in a folder. */
    public static TestCertificates in(Path folder, String authority) {
        TestCertificates certificates = new TestCertificates(folder, authority);
        certificates.keytool(
                "-genkeypair",
                "-alias",
                authority,
                "-dname",
                "CN=" + authority,
                "-ext",
                "bc:c",
                "-validity",
                "3650",
                "-keystore",
                authority + ".p12");
        certificates.store(authority + "-trust.p12", (from, to) -> {
            to.setCertificateEntry(authority, from.getCertificate(authority));
        });
        return certificates;
    }

    /** A store that trusts this authority alone. */
    public Path trustStore() {
        return folder.resolve(authority + "-trust.p12");
    }

    /** The authority's certificate as clients that are not Java read it. */
    public Path pem() {
        try {
            Path file = folder.resolve(authority + ".pem");
            KeyStore store = KeyStore.getInstance(trustStore().toFile(), PASSWORD.toCharArray());
            return Files.writeString(
                    file, pem("CERTIFICATE", store.getCertificate(authority).getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A store with a key and its certificate, signed by this authority.
     *
     * @param validity as keytool's {@code -startdate} and {@code -validity}, such as {@code "-2d", "1"}
     * @param alternativeNames as keytool's {@code san}, such as {@code dns:localhost,ip:127.0.0.1}; empty for none
     */
    public Path keyStore(String name, String subject, String alternativeNames, String... validity) {
        List<String> sign = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                subject,
                "-signer",
                authority,
                "-keystore",
                authority + ".p12"));
        if (!alternativeNames.isEmpty()) {
            sign.addAll(List.of("-ext", "san=" + alternativeNames));
        }
        sign.addAll(
                validity.length == 0
                        ? List.of("-validity", "3650")
                        : List.of("-startdate", validity[0], "-validity", validity[1]));
        keytool(sign.toArray(String[]::new));
        return store(
                name + ".p12",
                (from, to) -> to.setKeyEntry(
                        name,
                        from.getKey(name, PASSWORD.toCharArray()),
                        PASSWORD.toCharArray(),
                        from.getCertificateChain(name)));
    }

    /** The same as one PEM file, with the key first. */
    public Path pemKeyStore(String name, String subject, String alternativeNames) {
        Path keyStore = keyStore(name, subject, alternativeNames);
        try {
            KeyStore store = KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
            StringBuilder pem = new StringBuilder(pem(
                    "PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded()));
            for (Certificate certificate : store.getCertificateChain(name)) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return Files.writeString(folder.resolve(name + "-key.pem"), pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] encoded) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    /**
     * TLS of a client that trusts this authority.
     *
     * @param protocol as JSSE calls it, such as {@code TLS} or {@code TLSv1.2}, the newest that it speaks
     */
    public SSLContext trustingContext(String protocol) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(KeyStore.getInstance(trustStore().toFile(), PASSWORD.toCharArray()));
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whose certificate a server has shown. */
    public static String subject(SSLSocket socket) throws SSLPeerUnverifiedException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    /** Client properties that trust this authority. */
    public Map<String, Object> trusting() {
        return Map.of(
                "ssl.truststore.location",
                trustStore().toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                PASSWORD);
    }

    /** Properties, of a client or a listener, that show a certificate. */
    public static Map<String, Object> showing(Path keyStore) {
        return Map.of(
                "ssl.keystore.location",
                keyStore.toString(),
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.password",
                PASSWORD,
                "ssl.key.password",
                PASSWORD);
    }

    /** What a new store takes from the authority's own. */
    private interface Taking {
        void take(KeyStore from, KeyStore to) throws GeneralSecurityException;
    }

    private Path store(String file, Taking taking) {
        try {
            KeyStore from = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(folder.resolve(authority + ".p12"))) {
                from.load(in, PASSWORD.toCharArray());
            }
            KeyStore to = KeyStore.getInstance("PKCS12");
            to.load(null, null);
            taking.take(from, to);
            try (var out = Files.newOutputStream(folder.resolve(file))) {
                to.store(out, PASSWORD.toCharArray());
            }
            return folder.resolve(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        }
        try {
            Path output = Files.createTempFile(folder, "keytool", ".out");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", arguments) + ": " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
