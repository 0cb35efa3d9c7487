/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.ListenerTls;
import io.gatehouse.kernel.config.WatchedFiles;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of a listener, made anew when the files of its key store or trust store have changed. Thread-safe. */
final class ReloadedTls {

    private static final Logger log = LoggerFactory.getLogger(ReloadedTls.class);

    private final Map<String, String> properties;
    private final WatchedFiles files;
    private volatile ListenerTls current;

    /** @throws IllegalArgumentException when TLS cannot work */
    ReloadedTls(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
        this.files = WatchedFiles.ofTls(properties);
        this.current = new ListenerTls(properties);
    }

    /** For new connections. */
    ListenerTls current() {
        return current;
    }

    /**
     * Reads the files again when they have changed. What cannot be read changes nothing; connections that are open stay as they are. Reads
     * files, so it is not for event loops.
     */
    void reloadIfChanged() {
        if (!files.haveChanged()) {
            return;
        }
        try {
            // The one before is not closed: a connection may be about to use it.
            current = new ListenerTls(properties);
            log.info("{} are read again", files);
        } catch (IllegalArgumentException e) {
            log.error("{} have changed and cannot be used; what was read before stays: {}", files, e.getMessage());
        }
    }
}
