/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests against real Redis servers. */
package io.gatehouse.plugins.usermapping.redis;
