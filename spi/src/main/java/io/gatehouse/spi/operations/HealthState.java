/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.util.Map;

/**
 * Whether traffic should come. Immutable.
 *
 * @param checks by name, {@code UP} or a sentence why not
 */
@Experimental
public record HealthState(boolean ready, Map<String, String> checks) {}
