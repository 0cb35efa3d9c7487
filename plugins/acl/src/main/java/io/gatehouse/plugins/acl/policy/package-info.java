/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What operators write: bindings in Kafka's model, and policies with conditions in CEL; their checks, and the rules that follow for a user. */
@NullMarked
package io.gatehouse.plugins.acl.policy;

import org.jspecify.annotations.NullMarked;
