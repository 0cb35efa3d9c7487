/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.jspecify.annotations.Nullable;

/** Finds the additional groups that a message names, and changes nothing. */
final class GroupsIn implements FieldVisitor {

    private final Namespace namespace;
    private final UnaryOperator<String> clients;
    private final boolean coordinators;
    private final Set<String> found = new HashSet<>(0);

    private GroupsIn(Namespace namespace, UnaryOperator<String> clients, boolean coordinators) {
        this.namespace = namespace;
        this.clients = clients;
        this.coordinators = coordinators;
    }

    /** By the names that clients use, as which they stand in a request. */
    static Set<String> ofRequest(ApiMessage request, MessageShape shape, Namespace namespace) {
        boolean coordinators = ConnectionState.coordinatorType(request) == CoordinatorType.GROUP.id();
        GroupsIn names = new GroupsIn(namespace, name -> name, coordinators);
        shape.visit(request, names);
        return names.found;
    }

    /** By the names that clients use, of which either one may stand in a list: that of the additional group, or of the namespace's own. */
    static Set<String> ofList(ApiMessage response, MessageShape shape, Namespace namespace) {
        String prefix = namespace.prefix();
        GroupsIn names = new GroupsIn(
                namespace, real -> real.startsWith(prefix) ? real.substring(prefix.length()) : real, false);
        shape.visit(response, names);
        return names.found;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        boolean group =
                switch (field.kind()) {
                    case GROUP -> true;
                    case COORDINATOR_KEY -> coordinators;
                    case CONFIG_RESOURCE -> ConfigRules.type(owner) == ConfigRules.GROUP;
                    default -> false;
                };
        if (group && value != null) {
            String name = clients.apply(value);
            if (namespace.groups().find(name).isPresent()) {
                found.add(name);
            }
        }
        return value;
    }

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        return id;
    }

    @Override
    public byte[] bytes(Field field, byte[] value, Object owner) {
        return value;
    }
}
