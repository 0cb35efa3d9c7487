/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import java.util.Set;

/** The {@code Group} resources as they are now. Called on event loops; must not block. */
@FunctionalInterface
public interface Groups {

    /**
     * The groups that list the username, the principal or a group from elsewhere.
     *
     * @param elsewhere the groups that the mapping and the authentication name
     */
    Set<String> of(String username, String principal, Set<String> elsewhere);
}
