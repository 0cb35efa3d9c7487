/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Finds the names in a request that could be additional topics, and changes nothing. */
final class AdditionalTopicNames implements FieldVisitor {

    private final NameList additional;
    private final boolean consumerProtocol;
    private final Set<String> found = new HashSet<>(0);

    private AdditionalTopicNames(NameList additional, boolean consumerProtocol) {
        this.additional = additional;
        this.consumerProtocol = consumerProtocol;
    }

    static Set<String> in(ApiMessage request, MessageShape shape, NameList additional, boolean consumerProtocol) {
        AdditionalTopicNames names = new AdditionalTopicNames(additional, consumerProtocol);
        shape.visit(request, names);
        return names.found;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        boolean topic =
                switch (field.kind()) {
                    case TOPIC, SUBSCRIBED_TOPIC -> true;
                    case CONFIG_RESOURCE -> ConfigRules.type(owner) == ConfigRules.TOPIC;
                    default -> false;
                };
        if (topic && value != null) {
            add(value);
        }
        return value;
    }

    private Optional<String> add(String name) {
        if (additional.find(name).isPresent()) {
            found.add(name);
        }
        return Optional.of(name);
    }

    @Override
    public Uuid id(Field field, Uuid id, Object owner) {
        return id;
    }

    @Override
    public byte[] bytes(Field field, byte[] value, Object owner) {
        if (consumerProtocol && field.kind() == FieldKind.SUBSCRIPTION) {
            ConsumerProtocolNames.subscription(value, this::add);
        } else if (consumerProtocol) {
            ConsumerProtocolNames.assignment(value, this::add);
        }
        return value;
    }
}
