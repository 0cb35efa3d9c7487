/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import java.util.Set;

/** The {@code Group} resources as they are now. Called on event loops; must not block. */
@FunctionalInterface
public interface Groups {

    /** The groups that list the username or the principal. */
    Set<String> of(String username, String principal);
}
