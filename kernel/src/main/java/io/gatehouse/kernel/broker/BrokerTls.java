/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import io.gatehouse.kernel.config.WatchedFiles;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS towards the brokers of a cluster, made anew when the files of its key store or trust store have changed. Thread-safe. */
final class BrokerTls {

    private static final Logger log = LoggerFactory.getLogger(BrokerTls.class);

    private final Map<String, ?> configs;
    private final WatchedFiles files;
    private volatile DefaultSslEngineFactory current;

    /**
     * @param configs Kafka's, parsed
     * @throws KafkaException when they cannot work
     */
    BrokerTls(Map<String, String> properties, Map<String, ?> configs) {
        this.configs = configs;
        this.files = WatchedFiles.ofTls(properties);
        this.current = made();
    }

    private DefaultSslEngineFactory made() {
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        factory.configure(configs);
        return factory;
    }

    /** For a new connection. Verifies host names unless the properties say not to. */
    SslHandler handler(String host, int port) {
        String verification = (String) configs.get("ssl.endpoint.identification.algorithm");
        SSLEngine engine = current.createClientSslEngine(host, port, verification);
        return new SslHandler(engine);
    }

    /** Reads the files again when they have changed; what cannot be read changes nothing, and open connections stay as they are. */
    void reloadIfChanged() {
        if (!files.haveChanged()) {
            return;
        }
        try {
            current = made();
            log.info("{} are read again", files);
        } catch (KafkaException e) {
            log.error("{} have changed and cannot be used; what was read before stays: {}", files, e.getMessage());
        }
    }
}
