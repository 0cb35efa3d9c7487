/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.identity.UserMapping;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How mappings stand in Redis. Braces in all keys make a Cluster keep them in one slot, so that they are read and written together.
 *
 * <pre>
 * {gatehouse}:store                       the text {@value #MARKER}, which proves that this Redis is the store
 * {gatehouse}:mapping:*:ann               a hash: the mapping of principal ann, whichever authentication entry yielded it
 * {gatehouse}:mapping:oauth:CN=a:b        a hash: the mapping of principal CN=a:b of the authentication entry oauth; wins over the former
 *
 * field           value
 * name            which mapping this is, for logs; "authentication:principal" when left out
 * username        the username; the principal when left out
 * virtualCluster  the virtual cluster
 * groups          names, parted by commas
 * deny            true or false
 * </pre>
 *
 * Anything else does not parse. Immutable. Tested by {@code LayoutTest}.
 */
record Layout(String prefix) {

    /** The value of the marker key. */
    static final String MARKER = "gatehouse-user-mappings/1";

    /** The authentication entry in keys of mappings that are for all. */
    static final String ALL = "*";

    private static final String NAME = "name";
    private static final String USERNAME = "username";
    private static final String VIRTUAL_CLUSTER = "virtualCluster";
    private static final String GROUPS = "groups";
    private static final String DENY = "deny";
    private static final List<String> FIELDS = List.of(NAME, USERNAME, VIRTUAL_CLUSTER, GROUPS, DENY);

    /** Whose mapping a key holds. */
    record Whose(Optional<String> authentication, String principal) {}

    /** What all keys begin with. */
    String all() {
        return "{" + prefix + "}:";
    }

    String marker() {
        return all() + "store";
    }

    private String mappings() {
        return all() + "mapping:";
    }

    /** The pattern of the keys of mappings, for SCAN. */
    String pattern() {
        return mappings() + "*";
    }

    /** The key of a mapping. */
    String key(Optional<String> authentication, String principal) {
        return mappings() + authentication.orElse(ALL) + ":" + principal;
    }

    /** Whose mapping a key holds; empty for other keys. */
    Optional<Whose> whose(String key) {
        if (!key.startsWith(mappings())) {
            return Optional.empty();
        }
        String rest = key.substring(mappings().length());
        int colon = rest.indexOf(':');
        if (colon < 1 || colon == rest.length() - 1) {
            return Optional.empty();
        }
        String authentication = rest.substring(0, colon);
        return Optional.of(new Whose(
                authentication.equals(ALL) ? Optional.empty() : Optional.of(authentication),
                rest.substring(colon + 1)));
    }

    /**
     * Reads a mapping.
     *
     * @param fields of the hash; no field when there is no key
     * @throws IllegalStateException when it does not parse; names the key and what was expected
     */
    Optional<UserMapping> read(String key, Map<String, String> fields) {
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        fields.forEach((field, value) -> {
            if (!FIELDS.contains(field)) {
                throw unreadable(key, field, "an unknown field (expected: one of " + String.join(", ", FIELDS) + ")");
            }
            if (value.isBlank() && !field.equals(GROUPS)) {
                throw unreadable(key, field, "empty (expected: at least one character)");
            }
        });
        String deny = fields.getOrDefault(DENY, "false");
        if (!deny.equals("true") && !deny.equals("false")) {
            throw unreadable(key, DENY, "\"" + deny + "\" (expected: true or false)");
        }
        return Optional.of(new UserMapping(
                fields.getOrDefault(NAME, key.substring(mappings().length())),
                Optional.ofNullable(fields.get(USERNAME)),
                Optional.ofNullable(fields.get(VIRTUAL_CLUSTER)),
                groups(key, fields.getOrDefault(GROUPS, "")),
                deny.equals("true")));
    }

    private static Set<String> groups(String key, String text) {
        Set<String> groups = new LinkedHashSet<>();
        if (text.isBlank()) {
            return groups;
        }
        for (String group : text.split(",", -1)) {
            if (group.isBlank()) {
                throw unreadable(key, GROUPS, "\"" + text + "\" (expected: names parted by commas)");
            }
            groups.add(group.strip());
        }
        return groups;
    }

    private static IllegalStateException unreadable(String key, String field, String what) {
        return new IllegalStateException("user mapping " + key + " in Redis does not parse: " + field + ": " + what);
    }

    /**
     * The fields of a mapping, at least one.
     *
     * @throws IllegalArgumentException when it cannot be stored
     */
    Map<String, String> write(UserMapping mapping) {
        Map<String, String> fields = new TreeMap<>();
        fields.put(NAME, mapping.name());
        mapping.username().ifPresent(username -> fields.put(USERNAME, username));
        mapping.virtualCluster().ifPresent(virtualCluster -> fields.put(VIRTUAL_CLUSTER, virtualCluster));
        for (String group : mapping.groups()) {
            if (group.isBlank() || group.contains(",") || !group.equals(group.strip())) {
                throw new IllegalArgumentException(
                        "groups: \"" + group + "\" (expected: a name without commas, and without spaces around it)");
            }
        }
        if (!mapping.groups().isEmpty()) {
            fields.put(
                    GROUPS, String.join(",", mapping.groups().stream().sorted().toList()));
        }
        if (mapping.deny()) {
            fields.put(DENY, "true");
        }
        fields.forEach((field, value) -> {
            if (value.isBlank()) {
                throw new IllegalArgumentException(field + ": empty (expected: at least one character)");
            }
        });
        return fields;
    }
}
