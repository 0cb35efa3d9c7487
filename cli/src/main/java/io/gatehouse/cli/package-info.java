/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The command line over the HTTP API: a class a command, all of them on {@link ApiClient}. {@link Main} puts them beside the kernel's own.
 * Exit codes: 0 success, 1 refused or wrong usage, 2 the gateway cannot be reached or failed, 3 {@code diff} found a difference.
 */
@NullMarked
package io.gatehouse.cli;

import org.jspecify.annotations.NullMarked;
