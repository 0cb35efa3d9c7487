/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

import io.gatehouse.spi.ProvidedByGateway;

/** The context of a response that is being decided. */
@ProvidedByGateway
public interface ResponseContext extends InterceptionContext {}
