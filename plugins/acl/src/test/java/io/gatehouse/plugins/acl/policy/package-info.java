/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What operators may write, and what follows from it for a user. */
@NullMarked
package io.gatehouse.plugins.acl.policy;

import org.jspecify.annotations.NullMarked;
