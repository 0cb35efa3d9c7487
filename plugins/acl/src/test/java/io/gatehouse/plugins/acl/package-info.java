/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the acl plugin on the testkit: rows of the table, sessions, subscriptions, conditions. */
@NullMarked
package io.gatehouse.plugins.acl;

import org.jspecify.annotations.NullMarked;
