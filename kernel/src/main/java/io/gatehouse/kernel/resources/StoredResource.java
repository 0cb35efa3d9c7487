/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import java.util.List;
import java.util.Map;

/**
 * A resource as it is stored, whether or not it is in force. Immutable.
 *
 * @param origin where it stands, such as {@code users.yaml#2}
 * @param tree the whole document, secrets masked
 * @param problems what is wrong with it, each a sentence without origin; none when it is in force as it stands
 */
public record StoredResource(
        String kind, String name, String version, String origin, Map<String, Object> tree, List<String> problems) {

    public StoredResource {
        problems = List.copyOf(problems);
    }
}
