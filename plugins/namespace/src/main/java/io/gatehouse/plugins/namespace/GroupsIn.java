/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.jspecify.annotations.Nullable;

/** Finds the additional groups that a message names, and changes nothing. */
final class GroupsIn implements FieldVisitor {

    private static final String DEAD = "Dead";

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

    /** By the names that clients use, of a response with real names: those of which the namespace's own has been deleted. */
    static Set<String> deleted(DeleteGroupsResponseData response, Namespace namespace) {
        return response.results().stream()
                .filter(result -> result.errorCode() == Errors.NONE.code())
                .flatMap(result -> ofOwn(result.groupId(), namespace))
                .collect(Collectors.toSet());
    }

    /** By the names that clients use, of a response with real names: those of which its coordinator says that the namespace's own is there. */
    static Set<String> there(ApiMessage response, Namespace namespace) {
        if (!(response instanceof ListGroupsResponseData list)) {
            return Set.of();
        }
        return list.groups().stream()
                // Old versions do not say it.
                .filter(group ->
                        !group.groupState().isEmpty() && !group.groupState().equals(DEAD))
                .flatMap(group -> ofOwn(group.groupId(), namespace))
                .collect(Collectors.toSet());
    }

    /** The additional name that one of the namespace's own has, if it has one. */
    private static Stream<String> ofOwn(String real, Namespace namespace) {
        return Stream.of(real)
                .filter(group -> group.startsWith(namespace.prefix()))
                .map(group -> group.substring(namespace.prefix().length()))
                .filter(name -> namespace.groups().find(name).isPresent());
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
