/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

/**
 * One resource as it is now.
 *
 * @param name {@code metadata.name}, unique within its kind
 * @param version changes whenever the resource does; opaque
 * @param spec what the operator wrote, bound
 */
public record Resource<S extends Record>(String name, String version, S spec) {}
