/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.ListenerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of a listener, made anew when the files of its key store or trust store have changed. Thread-safe. */
final class ReloadedTls {

    private static final Logger log = LoggerFactory.getLogger(ReloadedTls.class);
    private static final List<String> FILES = List.of("ssl.keystore.location", "ssl.truststore.location");

    private final Map<String, String> properties;
    private final List<Path> files;
    private volatile ListenerTls current;
    private Map<Path, String> loaded;
    private Map<Path, String> seen;

    /** @throws IllegalArgumentException when TLS cannot work */
    ReloadedTls(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
        this.files = FILES.stream()
                .filter(properties::containsKey)
                .map(name -> Path.of(properties.get(name)))
                .toList();
        this.loaded = stamps();
        this.seen = loaded;
        this.current = new ListenerTls(properties);
    }

    /** For new connections. */
    ListenerTls current() {
        return current;
    }

    /**
     * Reads the files again when they have changed and were the same in two looks. What cannot be read changes nothing; connections that
     * are open stay as they are. Reads files, so it is not for event loops.
     */
    synchronized void reloadIfChanged() {
        Map<Path, String> now = stamps();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(loaded)) {
            return;
        }
        loaded = now;
        try {
            // The one before is not closed: a connection may be about to use it.
            current = new ListenerTls(properties);
            log.info("{} are read again", files);
        } catch (IllegalArgumentException e) {
            log.error("{} have changed and cannot be used; what was read before stays: {}", files, e.getMessage());
        }
    }

    private Map<Path, String> stamps() {
        Map<Path, String> stamps = new HashMap<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.put(file, attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey());
            } catch (IOException e) {
                stamps.put(file, "missing");
            }
        }
        return stamps;
    }
}
