/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.AuthenticationEntry;
import java.util.List;

/**
 * A list of authentication entries.
 *
 * @param owner whose it is, under whatever position in a file
 * @param path of the list, for messages, such as {@code listeners[0].authentication}
 */
record AuthenticationList(String owner, String path, List<AuthenticationEntry> entries) {

    /** The owner of a listener's list. */
    static String ofListener(String name) {
        return "listener " + name;
    }

    /** The owner of a virtual cluster's own list. */
    static String ofVirtualCluster(String name) {
        return "VirtualCluster/" + name + ".spec.authentication";
    }
}
