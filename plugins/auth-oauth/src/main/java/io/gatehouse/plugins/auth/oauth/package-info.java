/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * SASL/OAUTHBEARER (RFC 7628): JWTs verified against a JWKS with Nimbus JOSE+JWT. A token yields the principal, and where configured
 * groups and the virtual cluster; all of its claims are there for policies.
 */
@NullMarked
package io.gatehouse.plugins.auth.oauth;

import org.jspecify.annotations.NullMarked;
