/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a command trusts and what it shows.
 *
 * @param ca PEM certificates that the gateway's is trusted by instead of those of Java
 * @param keystore a PKCS12 file with the operator's certificate and key
 * @param keystorePasswordFile a file with its password
 */
record Tls(
        @Nullable Path ca,
        @Nullable Path keystore,
        @Nullable Path keystorePasswordFile) {

    Tls {
        if ((keystore == null) != (keystorePasswordFile == null)) {
            throw new CommandException(
                    CommandException.REFUSED, "keystore and keystore-password-file (expected: both, or none of them)");
        }
    }

    boolean isSet() {
        return ca != null || keystore != null;
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trusted(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new CommandException(CommandException.REFUSED, "TLS: " + e.getMessage());
        }
    }

    /** Null for those of Java. */
    private TrustManager @Nullable [] trusted() {
        if (ca == null) {
            return null;
        }
        try (InputStream in = Files.newInputStream(ca)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandException(
                    CommandException.REFUSED,
                    "ca: " + ca + " (expected: a file of PEM certificates): " + e.getMessage());
        }
    }

    /** Null for none. */
    private KeyManager @Nullable [] keys() {
        if (keystore == null || keystorePasswordFile == null) {
            return null;
        }
        char[] password = Contexts.secret(keystorePasswordFile).toCharArray();
        try (InputStream in = Files.newInputStream(keystore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, password);
            return factory.getKeyManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandException(
                    CommandException.REFUSED,
                    "keystore: " + keystore + " (expected: a PKCS12 file, with the password that "
                            + keystorePasswordFile + " has): " + e.getMessage());
        }
    }
}
