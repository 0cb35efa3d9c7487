/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.identity.PrincipalRules;
import io.gatehouse.spi.User;
import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The spec of kind {@code UserMapping}: what the operator says about a principal, or about all that rules match. Immutable.
 *
 * @param rules in the grammar of {@link PrincipalRules}; what the matching one yields is the username
 */
@Description("What the operator says about a principal.")
public record UserMappingSpec(
        @Description("The principal, exactly. Either it or rules.")
        Optional<String> principal,

        @Description(
                "Rules in the form of ssl.principal.mapping.rules: a principal that one matches gets its replacement as the username.")
        @Default("[]")
        List<String> rules,

        @Description("The order in which mappings with rules are tried, ascending, then by name; 1000 when left out.")
        Optional<Integer> order,

        @Description("The name of the one authentication entry that this is for; all when left out.")
        Optional<String> authentication,

        @Description("What policies call the user; the principal when left out.")
        Optional<String> username,

        @Description("The user's virtual cluster.") Optional<String> virtualCluster,
        @Description("Groups of the user.") @Default("[]") Set<String> groups,

        @Description("Whether the principal is refused.") @Default("false")
        boolean deny) {

    private static final int DEFAULT_ORDER = 1000;

    public UserMappingSpec {
        requireText("principal", principal);
        requireText("authentication", authentication);
        requireText("username", username);
        requireText("virtualCluster", virtualCluster);
        requireGroups(groups);
        if (principal.isPresent() != rules.isEmpty()) {
            throw new IllegalArgumentException((rules.isEmpty()
                            ? "principal: missing"
                            : "principal: \"" + principal.get() + "\" together with rules")
                    + " (expected: principal, or rules)");
        }
        if (order.isPresent() && rules.isEmpty()) {
            throw new IllegalArgumentException(
                    "order: " + order.get() + " (expected: left out, as an exact principal wins over all rules)");
        }
        if (username.isPresent() && !rules.isEmpty()) {
            throw new IllegalArgumentException("username: \"" + username.get()
                    + "\" (expected: left out, as the rules' replacements are the usernames)");
        }
        if (username.filter(User.ANONYMOUS::equals).isPresent()
                && principal.filter(User.ANONYMOUS::equals).isEmpty()) {
            throw new IllegalArgumentException(
                    "username: \"ANONYMOUS\" (expected: another name, as this one is reserved)");
        }
        try {
            PrincipalRules.of(rules);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rules: " + e.getMessage(), e);
        }
    }

    private static void requireText(String key, Optional<String> text) {
        if (text.filter(String::isBlank).isPresent()) {
            throw new IllegalArgumentException(key + ": empty (expected: at least one character)");
        }
    }

    private static void requireGroups(Set<String> groups) {
        if (groups.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("groups: " + groups + " (expected: names with at least one character)");
        }
    }

    /** Where it stands among mappings with rules. */
    int orderOrDefault() {
        return order.orElse(DEFAULT_ORDER);
    }
}
