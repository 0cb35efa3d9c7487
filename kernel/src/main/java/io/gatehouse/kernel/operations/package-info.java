/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What an operator sees: health and metrics over HTTP, and the audit log. Imports no other kernel package: every room reports here by what it is given.
 */
@NullMarked
package io.gatehouse.kernel.operations;

import org.jspecify.annotations.NullMarked;
