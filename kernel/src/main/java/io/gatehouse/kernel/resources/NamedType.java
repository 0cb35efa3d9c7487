/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something that a resource names and a plugin offers. Immutable.
 *
 * @param path of the object whose key {@code type} names it
 * @param configPath of the object with the plugin's own keys
 * @param otherKeys keys of that object that are not the plugin's
 */
record NamedType(
        OfferedTypes.Type type,
        String name,
        String path,
        String configPath,
        Map<String, Object> config,
        Set<String> otherKeys) {

    private static final String SPEC = "spec";

    /** What a spec names; none for the kinds of plugins. */
    static List<NamedType> of(Record spec) {
        if (spec instanceof InterceptorSpec interceptor) {
            return List.of(new NamedType(
                    OfferedTypes.Type.INTERCEPTOR,
                    interceptor.type(),
                    SPEC,
                    Paths.key(SPEC, "config"),
                    interceptor.config(),
                    Set.of()));
        }
        if (!(spec instanceof VirtualClusterSpec virtualCluster)) {
            return List.of();
        }
        List<NamedType> named = new ArrayList<>();
        List<AuthenticationEntry> entries = virtualCluster.authentication().orElse(List.of());
        for (int index = 0; index < entries.size(); index++) {
            AuthenticationEntry entry = entries.get(index);
            String path = Paths.index("spec.authentication", index);
            if (!entry.isAnonymous()) {
                named.add(new NamedType(
                        OfferedTypes.Type.AUTHENTICATOR,
                        entry.type(),
                        path,
                        path,
                        entry.config(),
                        AuthenticationEntry.KEYS));
            }
        }
        return named;
    }

    boolean isPending(OfferedTypes offered) {
        return offered.configOf(type, name).isEmpty();
    }

    /** For whoever looks at the resource. */
    String pendingSentence() {
        return path + ".type: \"" + name + "\" is offered by no loaded plugin [pending: "
                + (type == OfferedTypes.Type.INTERCEPTOR
                        ? "everybody in its scope is refused]"
                        : "nobody can authenticate by it]");
    }
}
