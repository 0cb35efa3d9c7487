/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

/**
 * How changes are made. Immutable.
 *
 * @param dryRun whether all is checked and nothing is written
 * @param allowPending whether a resource may name a type that no loaded plugin offers, which is not in force until one does
 * @param actor who asks, for the audit event
 */
public record WriteOptions(boolean dryRun, boolean allowPending, String actor) {}
