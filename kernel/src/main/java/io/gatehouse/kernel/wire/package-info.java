/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Bytes: frames, request and response heads, the codec to kafka-clients messages, and the scanner that walks responses as they pass.
 * Imports nothing of the kernel.
 */
@NullMarked
package io.gatehouse.kernel.wire;

import org.jspecify.annotations.NullMarked;
