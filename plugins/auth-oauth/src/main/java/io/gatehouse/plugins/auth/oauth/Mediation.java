/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.oauth;

/** What becomes of a token that was good enough here. */
public enum Mediation {

    /** It stays here: the broker knows the gateway only. */
    TERMINATE,

    /** The same token goes on to the broker, which has the last word. */
    VALIDATE_FORWARD
}
