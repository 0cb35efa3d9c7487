/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The side that faces clients: listeners, authentication, and the client connection with its two directions. Everything of one
 * connection happens on one event loop. Nothing imports it but the boot sequence.
 */
@NullMarked
package io.gatehouse.kernel.client;

import org.jspecify.annotations.NullMarked;
