/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What a user may do: rules in, yes or no out, by the order of Kafka's {@code StandardAuthorizer}. Knows nothing of requests, conditions or
 * resources; imports only Kafka's words for operations and resource types.
 */
@NullMarked
package io.gatehouse.plugins.acl.decision;

import org.jspecify.annotations.NullMarked;
