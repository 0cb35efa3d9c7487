/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The root of the contract between Gatehouse and its plugins: what a plugin is, what the kernel gives it, and what every extension
 * point has in common.
 *
 * <p>The SPI has two levels. <em>Stable</em>: everything here is binary compatible within a major version of the SPI.
 * <em>Moving with Kafka</em>: the message classes of {@code org.apache.kafka.common.message}, which change with Kafka's versions and
 * which only signatures of {@link io.gatehouse.spi.interception} show. What is marked {@link io.gatehouse.spi.Experimental} is
 * outside both promises.
 *
 * <p>Nothing here may import Netty, Jackson or a kernel type.
 */
@NullMarked
package io.gatehouse.spi;

import org.jspecify.annotations.NullMarked;
