/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * TLS of a listener, by the names and with the code of a Kafka broker: {@code ssl.keystore.*} (PEM, PKCS12 or JKS), {@code
 * ssl.truststore.*}, {@code ssl.client.auth}, {@code ssl.enabled.protocols}, {@code ssl.cipher.suites}. Thread-safe.
 */
public final class ListenerTls implements AutoCloseable {

    private static final String PREFIX = "ssl.";

    private final DefaultSslEngineFactory factory = new DefaultSslEngineFactory();

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
            factory.configure(definition.parse(configs));
            if (factory.keystore() == null) {
                throw new IllegalArgumentException(
                        "ssl.keystore.location: missing (expected: the file of the listener's key and certificates)");
            }
        } catch (KafkaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The handler that comes first in a connection's pipeline. */
    SslHandler handler(InetSocketAddress client) {
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
