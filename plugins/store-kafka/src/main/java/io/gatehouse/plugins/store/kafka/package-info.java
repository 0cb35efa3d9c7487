/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Resources in a compacted topic: {@link TopicReader} follows it, {@link TopicWriter} changes it under a transactional id that all gateways
 * share, so that one writes at a time and has read everything before it decides.
 */
@NullMarked
package io.gatehouse.plugins.store.kafka;

import org.jspecify.annotations.NullMarked;
