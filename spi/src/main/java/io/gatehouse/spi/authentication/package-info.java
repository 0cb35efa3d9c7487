/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Who is connecting: SASL mechanisms and the TLS handshake, as plugins. A method yields an {@link
 * io.gatehouse.spi.authentication.Authentication} or a refusal; it never decides what the user may do.
 */
@NullMarked
package io.gatehouse.spi.authentication;

import org.jspecify.annotations.NullMarked;
