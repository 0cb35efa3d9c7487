/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files that Kafka's properties name, such as key stores, and whether they are others than those that were read. Thread-safe. */
public final class WatchedFiles {

    private static final List<String> TLS = List.of("ssl.keystore.location", "ssl.truststore.location");

    private final List<Path> files;
    private Map<Path, String> read;
    private Map<Path, String> seen;

    private WatchedFiles(List<Path> files) {
        this.files = files;
        this.read = stamps();
        this.seen = read;
    }

    /** The stores of keys and of trusted certificates. To be called before they are read. */
    public static WatchedFiles ofTls(Map<String, String> properties) {
        return new WatchedFiles(TLS.stream()
                .filter(properties::containsKey)
                .map(name -> Path.of(properties.get(name)))
                .toList());
    }

    /**
     * Whether the files have changed, and were the same in two looks, so that nobody is in the middle of writing them; they count as read
     * then. Reads from disk, so it is not for event loops.
     */
    public synchronized boolean haveChanged() {
        Map<Path, String> now = stamps();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(read)) {
            return false;
        }
        read = now;
        return true;
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

    @Override
    public String toString() {
        return files.toString();
    }
}
