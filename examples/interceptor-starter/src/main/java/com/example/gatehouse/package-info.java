/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** An interceptor to start from: it stamps produced records with the user's name and refuses topic names that break a rule. */
@NullMarked
package com.example.gatehouse;

import org.jspecify.annotations.NullMarked;
