/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.namespace;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * The names of topics inside the bytes that members of a classic consumer group send each other through the broker, which parses them too:
 * a version, then {@code ConsumerProtocolSubscription} or {@code ConsumerProtocolAssignment}. What follows them stays, as does the data of
 * assignors, which only clients read. Bytes that do not parse stay as they are.
 */
final class ConsumerProtocolNames {

    /** The protocol type of consumer groups; others, such as Connect's, have bytes of their own. */
    static final String TYPE = "consumer";

    private ConsumerProtocolNames() {}

    /**
     * A subscription with other names.
     *
     * @param names empty to leave the topic out
     */
    static byte[] subscription(byte[] bytes, Function<String, Optional<String>> names) {
        return rewrite(
                bytes,
                new ConsumerProtocolSubscription(),
                ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION,
                subscription -> {
                    subscription.setTopics(subscription.topics().stream()
                            .flatMap(topic -> names.apply(topic).stream())
                            .toList());
                    var owned = new ConsumerProtocolSubscription.TopicPartitionCollection();
                    subscription
                            .ownedPartitions()
                            .forEach(topic -> names.apply(topic.topic())
                                    .ifPresent(name -> owned.add(new ConsumerProtocolSubscription.TopicPartition()
                                            .setTopic(name)
                                            .setPartitions(topic.partitions()))));
                    subscription.setOwnedPartitions(owned);
                });
    }

    /** An assignment with other names; see {@link #subscription}. */
    static byte[] assignment(byte[] bytes, Function<String, Optional<String>> names) {
        return rewrite(
                bytes,
                new ConsumerProtocolAssignment(),
                ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION,
                assignment -> {
                    var assigned = new ConsumerProtocolAssignment.TopicPartitionCollection();
                    assignment
                            .assignedPartitions()
                            .forEach(topic -> names.apply(topic.topic())
                                    .ifPresent(name -> assigned.add(new ConsumerProtocolAssignment.TopicPartition()
                                            .setTopic(name)
                                            .setPartitions(topic.partitions()))));
                    assignment.setAssignedPartitions(assigned);
                });
    }

    private static <M extends Message> byte[] rewrite(byte[] bytes, M message, short highest, Consumer<M> change) {
        if (bytes.length < Short.BYTES) {
            return bytes;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        short version = in.getShort();
        short readable = (short) Math.min(version, highest);
        try {
            message.read(new ByteBufferAccessor(in), readable);
        } catch (RuntimeException e) {
            return bytes;
        }
        change.accept(message);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer out = ByteBuffer.allocate(Short.BYTES + message.size(cache, readable) + in.remaining());
        out.putShort(version);
        message.write(new ByteBufferAccessor(out), cache, readable);
        out.put(in);
        return out.array();
    }
}
