/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import io.gatehouse.plugins.admin.http.AdminHttpConfig.Role;

/** Who asks. Immutable. */
record Operator(String name, Role role) {

    boolean mayWrite() {
        return role == Role.READ_WRITE;
    }
}
