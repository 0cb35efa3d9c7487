/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.PushConsumerContext;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A connection to which Redis pushes the names of keys that change (CLIENT TRACKING in broadcasting mode, RESP3). They come with the answer to
 * the next command, so that asking regularly is all that it takes, and a connection that is dead is found at the same time. Belongs to one
 * thread.
 */
final class TrackingConnection extends Connection {

    private static final byte[] INVALIDATE = "invalidate".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern EVICTION_POLICY = Pattern.compile("maxmemory_policy:(\\S+)");

    private final Consumer<@Nullable List<?>> invalidated;

    /**
     * Connects.
     *
     * @param config with RESP3
     * @param prefix of the keys to hear of
     * @param invalidated gets names of keys as bytes; null when all keys are gone
     */
    TrackingConnection(
            HostAndPort address, JedisClientConfig config, String prefix, Consumer<@Nullable List<?>> invalidated) {
        super(address, config);
        this.invalidated = invalidated;
        addPushConsumer(this::pushed);
        executeCommand(new CommandArguments(Protocol.Command.CLIENT)
                .add("TRACKING")
                .add("ON")
                .add("BCAST")
                .add("PREFIX")
                .add(prefix));
    }

    private PushConsumerContext pushed(PushConsumerContext context) {
        List<Object> content = context.getMessage().getContent();
        if (java.util.Arrays.equals(context.getMessage().getType(), INVALIDATE)) {
            invalidated.accept((List<?>) content.get(1));
        }
        context.drop();
        return context;
    }

    /** The text at a key; null when there is none. What has changed until now is told first. */
    @Nullable
    String get(String key) {
        Object value = executeCommand(new CommandArguments(Protocol.Command.GET).key(key));
        return value == null ? null : new String((byte[]) value, StandardCharsets.UTF_8);
    }

    /** The server's {@code maxmemory_policy}; empty when it does not say, or this user may not ask. */
    String evictionPolicy() {
        Object info;
        try {
            info = executeCommand(new CommandArguments(Protocol.Command.INFO).add("memory"));
        } catch (JedisDataException e) {
            return "";
        }
        Matcher policy = EVICTION_POLICY.matcher(new String((byte[]) info, StandardCharsets.UTF_8));
        return policy.find() ? policy.group(1) : "";
    }
}
