/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.Names;
import io.gatehouse.spi.config.Default;
import java.util.Map;
import java.util.regex.Pattern;

/** What all resources have in common. Immutable. */
record Envelope(
        String apiVersion,
        String kind,
        Metadata metadata,
        @Default("{}") Map<String, Object> spec) {

    static final String API_VERSION = "gatehouse/v1";
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
    private static final Pattern KIND = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");

    Envelope {
        if (!apiVersion.equals(API_VERSION)) {
            throw new IllegalArgumentException("apiVersion: \"" + apiVersion + "\" (expected: " + API_VERSION + ")");
        }
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("kind: \"" + kind + "\" (expected: a kind such as UserMapping)");
        }
        // Stands in cluster ids and host names.
        if (kind.equals("VirtualCluster")) {
            Names.require("metadata.name", metadata.name());
        }
    }

    /**
     * What a resource is called. Immutable.
     *
     * @param labels for selecting; they mean nothing to the gateway
     */
    record Metadata(String name, @Default("{}") Map<String, String> labels) {
        Metadata {
            Names.requireResourceName("name", name);
            labels.forEach((key, value) -> {
                if (!LABEL.matcher(key).matches()
                        || !(value.isEmpty() || LABEL.matcher(value).matches())) {
                    throw new IllegalArgumentException("labels: \"" + key + "\": \"" + value
                            + "\" (expected: 1 to 63 letters, digits and any of . - _ /, a letter or digit first)");
                }
            });
        }
    }
}
