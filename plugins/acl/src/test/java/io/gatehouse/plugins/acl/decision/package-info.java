/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Decisions held against those of Kafka's own authorizer. */
@NullMarked
package io.gatehouse.plugins.acl.decision;

import org.jspecify.annotations.NullMarked;
