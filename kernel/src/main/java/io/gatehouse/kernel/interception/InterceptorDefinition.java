/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import java.util.Map;

/**
 * An {@code Interceptor} resource as this package needs it.
 *
 * @param name unique
 * @param policy the slot it fills; within one, only the most specific in scope applies
 * @param type a factory's name
 * @param priority ascending from the client to the broker
 * @param isFinal forbids narrower ones with the same policy
 */
public record InterceptorDefinition(
        String name,
        String policy,
        String type,
        int priority,
        Scope scope,
        Map<String, Object> config,
        boolean enabled,
        boolean isFinal) {}
