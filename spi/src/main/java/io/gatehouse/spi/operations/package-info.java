/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What a plugin needs to show a gateway to its operators and to let them change it: resources, plugins, connections, explanations, health.
 * All of it is {@link io.gatehouse.spi.Experimental}.
 */
@NullMarked
package io.gatehouse.spi.operations;

import org.jspecify.annotations.NullMarked;
