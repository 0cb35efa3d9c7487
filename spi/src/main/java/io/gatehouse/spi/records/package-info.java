/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Records on their way, independent of Kafka's message classes: the same handler serves every version of Produce, Fetch and ShareFetch,
 * every compression and every batch format that brokers of Kafka 4 hold. Batches in which nothing was changed go on as their original
 * bytes.
 */
@NullMarked
package io.gatehouse.spi.records;

import org.jspecify.annotations.NullMarked;
