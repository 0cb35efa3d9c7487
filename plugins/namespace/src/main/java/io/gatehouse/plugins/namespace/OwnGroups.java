/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.Map;

/**
 * Whether the namespace has groups of its own by additional names, for one request and its response: then they count. Immutable.
 *
 * @param exist by real names; one of which it cannot be known is absent
 */
record OwnGroups(Map<String, Boolean> exist) {

    /** Of what names no additional group. */
    static final OwnGroups NOT_ASKED = new OwnGroups(Map.of());

    boolean exists(String real) {
        return exist.getOrDefault(real, false);
    }

    boolean isUnknown(String real) {
        return !exist.containsKey(real);
    }
}
