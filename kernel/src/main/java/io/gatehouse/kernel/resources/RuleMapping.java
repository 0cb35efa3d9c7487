/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.identity.PrincipalRules;
import io.gatehouse.spi.identity.UserMapping;
import java.util.Comparator;
import java.util.Optional;

/**
 * A {@code UserMapping} whose principals are those that rules match. Immutable.
 *
 * @param mapping what it says; without a username
 */
record RuleMapping(int order, Optional<String> authentication, PrincipalRules rules, UserMapping mapping) {

    /** The order in which they are tried. */
    static final Comparator<RuleMapping> ORDER = Comparator.comparingInt(RuleMapping::order)
            .thenComparing(rule -> rule.mapping().name());

    static RuleMapping of(String name, UserMappingSpec spec) {
        return new RuleMapping(
                spec.orderOrDefault(),
                spec.authentication(),
                PrincipalRules.of(spec.rules()),
                new UserMapping(name, Optional.empty(), spec.virtualCluster(), spec.groups(), spec.deny()));
    }

    /**
     * What it says of a principal; empty when it is for another authentication entry, or no rule matches.
     *
     * @throws IllegalStateException when the rule that matches yields no username
     */
    Optional<UserMapping> find(String authenticationName, String principal) {
        if (authentication.filter(only -> !only.equals(authenticationName)).isPresent()) {
            return Optional.empty();
        }
        return rules.apply(principal).map(username -> {
            if (mapping.deny()) {
                return mapping;
            }
            if (username.isBlank()) {
                throw new IllegalStateException("user mapping \"" + mapping.name() + "\" yields the username \""
                        + username + "\" for principal \"" + principal + "\" (expected: at least one character)");
            }
            return new UserMapping(
                    mapping.name(), Optional.of(username), mapping.virtualCluster(), mapping.groups(), false);
        });
    }
}
