/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener, by the names and with the code of a Kafka broker: {@code ssl.keystore.*} (PEM, PKCS12 or JKS), {@code
 * ssl.truststore.*}, {@code ssl.client.auth}, {@code ssl.enabled.protocols}, {@code ssl.cipher.suites}. Done by OpenSSL where
 * netty-tcnative is on the class path, unless {@code ssl.provider} names one of the JDK's; else by the JDK. Thread-safe.
 */
public final class ListenerTls implements AutoCloseable {

    private static final String PREFIX = "ssl.";

    /** Of a subject's alternative names, in X.509. */
    private static final Integer DNS_NAME = 2;

    private final DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
    private final Set<String> names;
    private final @Nullable SslContext openSsl;

    /**
     * @param properties Kafka's names
     * @throws IllegalArgumentException naming the property and the expectation
     */
    public ListenerTls(Map<String, String> properties) {
        ConfigDef definition = new ConfigDef().withClientSslSupport();
        definition.define(
                BrokerSecurityConfigs.SSL_CLIENT_AUTH_CONFIG,
                ConfigDef.Type.STRING,
                BrokerSecurityConfigs.SSL_CLIENT_AUTH_DEFAULT,
                ConfigDef.ValidString.in("none", "requested", "required"),
                ConfigDef.Importance.MEDIUM,
                BrokerSecurityConfigs.SSL_CLIENT_AUTH_DOC);
        for (String name : properties.keySet()) {
            if (!name.startsWith(PREFIX) || !definition.names().contains(name)) {
                throw new IllegalArgumentException(
                        name + " (expected: one of " + new TreeSet<>(definition.names()) + ")");
            }
        }
        Map<String, Object> configs = new HashMap<>(properties);
        try {
            Map<String, Object> parsed = definition.parse(configs);
            factory.configure(parsed);
            if (factory.keystore() == null) {
                throw new IllegalArgumentException(
                        "ssl.keystore.location: missing (expected: the file of the listener's key and certificates)");
            }
            names = names(factory.keystore());
            openSsl = OpenSsl.isAvailable() && parsed.get(SslConfigs.SSL_PROVIDER_CONFIG) == null
                    ? openSsl(factory, parsed)
                    : null;
        } catch (KafkaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The same, from the stores and properties that the JDK's is made from. */
    @SuppressWarnings("unchecked")
    private static SslContext openSsl(DefaultSslEngineFactory factory, Map<String, Object> configs) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(factory.keystore(), keyPassword(configs));
            TrustManagerFactory trust = null;
            if (factory.truststore() != null) {
                trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(factory.truststore());
            }
            List<String> ciphers = (List<String>) configs.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG);
            List<String> protocols = (List<String>) configs.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG);
            return SslContextBuilder.forServer(keys)
                    .sslProvider(SslProvider.OPENSSL)
                    .trustManager(trust)
                    .clientAuth(clientAuth((String) configs.get(BrokerSecurityConfigs.SSL_CLIENT_AUTH_CONFIG)))
                    .ciphers(ciphers == null || ciphers.isEmpty() ? null : ciphers)
                    .protocols(protocols)
                    .build();
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalArgumentException("TLS by OpenSSL: " + e.getMessage(), e);
        }
    }

    /** As Kafka has it: the store's own where the key has none. */
    private static char @Nullable [] keyPassword(Map<String, Object> configs) {
        Password password = (Password) configs.get(SslConfigs.SSL_KEY_PASSWORD_CONFIG);
        if (password == null) {
            password = (Password) configs.get(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG);
        }
        return password == null ? null : password.value().toCharArray();
    }

    private static ClientAuth clientAuth(String kafkas) {
        return switch (kafkas) {
            case "required" -> ClientAuth.REQUIRE;
            case "requested" -> ClientAuth.OPTIONAL;
            default -> ClientAuth.NONE;
        };
    }

    /** How well the certificate is for a host name in small letters: 2 by that name, 1 by a wildcard, 0 not at all. */
    public int fits(String serverName) {
        int dot = serverName.indexOf('.');
        if (names.contains(serverName)) {
            return 2;
        }
        return dot > 0 && names.contains("*" + serverName.substring(dot)) ? 1 : 0;
    }

    /** The DNS names of the certificates that belong to keys, in small letters. */
    private static Set<String> names(KeyStore store) {
        Set<String> names = new HashSet<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
                    (alternatives == null ? List.<List<?>>of() : alternatives)
                            .stream()
                                    .filter(each -> each.get(0).equals(DNS_NAME))
                                    .forEach(each -> names.add(
                                            String.valueOf(each.get(1)).toLowerCase(Locale.ROOT)));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the names of the certificates cannot be read: " + e.getMessage(), e);
        }
        return Set.copyOf(names);
    }

    /** Who does it: OPENSSL or JDK. */
    public String provider() {
        return openSsl == null ? "JDK" : "OPENSSL";
    }

    /** The handler that comes first in a connection's pipeline. */
    SslHandler handler(InetSocketAddress client, ByteBufAllocator allocator) {
        if (openSsl != null) {
            return openSsl.newHandler(allocator, client.getHostString(), client.getPort());
        }
        return new SslHandler(factory.createServerSslEngine(client.getHostString(), client.getPort()));
    }

    /** The client's certificates, its own first; empty when it has shown none. They were verified against the trust store. */
    static List<X509Certificate> clientCertificates(SslHandler handler) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate certificate : handler.engine().getSession().getPeerCertificates()) {
                certificates.add((X509Certificate) certificate);
            }
            return certificates;
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        factory.close();
    }
}
