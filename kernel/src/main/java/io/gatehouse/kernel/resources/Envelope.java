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

    private static final String API_VERSION = "gatehouse/v1";
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

    /** What a resource is called. Immutable. */
    record Metadata(String name) {
        Metadata {
            Names.requireResourceName("name", name);
        }
    }
}
