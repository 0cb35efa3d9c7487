/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

/** A host and port as clients see them. */
public record Endpoint(String host, int port) {}
