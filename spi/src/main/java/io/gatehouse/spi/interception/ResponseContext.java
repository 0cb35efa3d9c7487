/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.interception;

/** The context of a response that is being decided. */
public interface ResponseContext extends InterceptionContext {}
