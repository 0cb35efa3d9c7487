/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Policies: pieces that look at, change, answer or refuse requests and responses of exactly the users they are meant for. What nobody
 * subscribed to is forwarded as its bytes arrive.
 *
 * <p>Message classes are those of {@code org.apache.kafka.common.message} and move with Kafka's versions; the rest is stable.
 */
@NullMarked
package io.gatehouse.spi.interception;

import org.jspecify.annotations.NullMarked;
