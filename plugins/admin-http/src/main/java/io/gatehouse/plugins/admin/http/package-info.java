/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The HTTP API for operators, on Jetty: {@link ApiHandler} finds what a request asks for, {@link Access} who asks, {@link OpenApi} says what
 * there is. What is asked is answered by the SPI's {@code operations}; every failure is a problem document (RFC 9457).
 */
@NullMarked
package io.gatehouse.plugins.admin.http;

import org.jspecify.annotations.NullMarked;
