/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The side that faces brokers: connections with TLS and SASL by Kafka's own client properties, and what the gateway knows of each
 * cluster. Knows no routing; imports {@code wire} only.
 */
@NullMarked
package io.gatehouse.kernel.broker;

import org.jspecify.annotations.NullMarked;
