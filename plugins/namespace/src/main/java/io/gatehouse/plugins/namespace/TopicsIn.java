/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Finds the topics that a message names, and changes nothing. */
final class TopicsIn implements FieldVisitor {

    private final Predicate<String> wanted;
    private final boolean consumerProtocol;
    private final Set<String> found = new HashSet<>(0);

    private TopicsIn(Predicate<String> wanted, boolean consumerProtocol) {
        this.wanted = wanted;
        this.consumerProtocol = consumerProtocol;
    }

    /**
     * The names in a message.
     *
     * @param consumerProtocol whether its bytes are those of the consumer protocol
     */
    static Set<String> of(ApiMessage message, MessageShape shape, Predicate<String> wanted, boolean consumerProtocol) {
        TopicsIn names = new TopicsIn(wanted, consumerProtocol);
        shape.visit(message, names);
        return names.found;
    }

    @Override
    public @Nullable String text(Field field, @Nullable String value, Object owner) {
        boolean topic =
                switch (field.kind()) {
                    case TOPIC, SUBSCRIBED_TOPIC -> true;
                    case CONFIG_RESOURCE -> ConfigRules.type(owner) == ConfigRules.TOPIC;
                    case CONFIG_VALUE -> ConfigRules.isTopicName(owner);
                    default -> false;
                };
        if (topic && value != null) {
            add(value);
        }
        return value;
    }

    private Optional<String> add(String name) {
        if (wanted.test(name)) {
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
