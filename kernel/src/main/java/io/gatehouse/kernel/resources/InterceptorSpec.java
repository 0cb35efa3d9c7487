/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.Key;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.Map;
import java.util.Optional;

/** The spec of kind {@code Interceptor}: one configured policy. Immutable. */
@Description("One configured policy.")
public record InterceptorSpec(
        @Description("The name of an interceptor factory.") String type,

        @Description("The slot that it fills: the most specific of a policy counts. The resource's name when left out.")
        Optional<String> policy,

        @Description("The order, ascending from the client to the broker.") @Default("1000")
        int priority,

        // Left out is an error all the same: the empty scope says how to write one.
        @Description("Whom it is for; there is no implicit scope.") @Default("{}")
        Scope scope,

        @Description("The interceptor's own keys.") @Default("{}")
        Map<String, Object> config,

        @Description("False lets nothing of the policy apply in this scope.") @Default("true")
        boolean enabled,

        @Description("Whether narrower ones of the same policy are forbidden.") @Key("final") @Default("false")
        boolean isFinal) {

    public InterceptorSpec {
        if (type.isBlank()) {
            throw new IllegalArgumentException(
                    "type: empty (expected: the name of an interceptor factory, such as acl)");
        }
        if (policy.filter(String::isBlank).isPresent()) {
            throw new IllegalArgumentException("policy: empty (expected: a name, or the key left out)");
        }
    }
}
