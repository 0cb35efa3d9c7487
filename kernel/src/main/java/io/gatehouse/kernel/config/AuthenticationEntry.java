/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import io.gatehouse.spi.config.Default;
import io.gatehouse.spi.config.Description;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An entry of a listener's or virtual cluster's {@code authentication}. The kernel's keys are the components; every other key is the
 * plugin's and stands beside them. Immutable.
 */
public record AuthenticationEntry(
        @Description("The authentication method: a name such as plain, oauth, mtls or anonymous.")
        String type,

        @Description("What mappings and logs call this entry; the type when left out.") @Default("")
        String name,

        @Description("Put before every principal that this entry yields.") @Default("")
        String principalPrefix,

        @Description("Put before every group that this entry yields.") @Default("")
        String groupPrefix,

        @Description("Said on all entries that may yield the same principals, when that is meant.") @Default("false")
        boolean sharedPrincipals,

        @Description("The plugin's own keys.") @Remaining Map<String, Object> config) {

    /** The type of connections without authentication, which is the kernel's own. */
    public static final String ANONYMOUS_TYPE = "anonymous";

    /** The type of clients that authenticate at their broker, which is the kernel's own too. */
    public static final String DELEGATED_TYPE = "delegated";

    /** The kernel's keys, which no plugin's configuration can have here. */
    public static final Set<String> KEYS = Set.copyOf(Components.keys(AuthenticationEntry.class));

    public AuthenticationEntry {
        Names.require("type", type);
        name = name.isEmpty() ? type : name;
        Names.require("name", name);
        if (type.equals(ANONYMOUS_TYPE) && !config.isEmpty()) {
            throw new IllegalArgumentException(
                    "type: anonymous takes no " + String.join(", ", config.keySet()) + " (expected: no keys but name)");
        }
    }

    /** Whether this entry admits connections without authentication. */
    public boolean isAnonymous() {
        return type.equals(ANONYMOUS_TYPE);
    }

    /** Whether clients of this entry authenticate at their broker. */
    public boolean isDelegated() {
        return type.equals(DELEGATED_TYPE);
    }

    /**
     * Prefixes of other entries that this entry's own principals must not begin with, so that an issuer without a prefix cannot mint the
     * principals of one that has some.
     *
     * @param entries the list that this entry stands in
     */
    public Set<String> foreignPrefixes(List<AuthenticationEntry> entries) {
        return entries.stream()
                .filter(other -> !other.name.equals(name) && !(sharedPrincipals && other.sharedPrincipals))
                .map(AuthenticationEntry::principalPrefix)
                .filter(prefix -> prefix.length() > principalPrefix.length() && prefix.startsWith(principalPrefix))
                .collect(Collectors.toUnmodifiableSet());
    }
}
