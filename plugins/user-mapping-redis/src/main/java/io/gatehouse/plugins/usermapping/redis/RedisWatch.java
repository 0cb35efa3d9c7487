/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis is there and is the store, and what has changed in it: asked at each {@link #tick}, one at a time. When Redis is back after it
 * was away, everything is forgotten and everybody is looked up again, as it is not known what has changed meanwhile. Answers are safe on any
 * thread.
 */
final class RedisWatch {

    private static final Logger log = LoggerFactory.getLogger(RedisWatch.class);

    private final RedisConfig config;
    private final Layout layout;
    private final JedisLink link;
    private final MappingCache cache;
    private final Runnable changed;
    private volatile State state = State.AWAY;
    private volatile String reason = "not connected yet";

    /** When the store last proved that it is there, by {@link System#nanoTime}; 0 while it never did. */
    private volatile long provenNanos;

    private boolean connected;
    private boolean somethingChanged;
    private boolean tooOldTold = true;
    private boolean closed;

    /** How Redis is. */
    enum State {
        /** It answers, and the marker is there. */
        PROVEN,
        /** It answers, and the marker is not there, or it may evict mappings. */
        NOT_THE_STORE,
        /** It does not answer. */
        AWAY
    }

    RedisWatch(RedisConfig config, JedisLink link, MappingCache cache, Runnable changed) {
        this.config = config;
        this.layout = new Layout(config.prefix());
        this.link = link;
        this.cache = cache;
        this.changed = changed;
    }

    State state() {
        return state;
    }

    boolean proven() {
        return state == State.PROVEN;
    }

    /** Why it is not {@link State#PROVEN}. */
    String reason() {
        return reason;
    }

    /** Whether what was found once may be used although Redis does not answer. */
    boolean mayBeStale() {
        return provenNanos != 0
                && System.nanoTime() - provenNanos < config.staleTime().toNanos();
    }

    static String notTheStore(Layout layout, @Nullable String marker) {
        return "key " + layout.marker() + ": " + (marker == null ? "missing" : "\"" + marker + "\"") + " (expected: "
                + Layout.MARKER + ", which is written when the store is set up)";
    }

    /** Looks once. Never throws: a task that does is not run again. */
    synchronized void tick() {
        if (closed) {
            return;
        }
        try {
            look();
        } catch (RuntimeException | LinkageError e) {
            away(e);
        }
        if (state != State.PROVEN && !tooOldTold && !mayBeStale()) {
            tooOldTold = true;
            cache.clear();
            somethingChanged = true;
            log.warn(
                    "Redis has not been the store for {}: mappings that were found are used no longer",
                    config.staleTime());
        }
        if (somethingChanged) {
            somethingChanged = false;
            changed.run();
        }
    }

    private void look() {
        if (!connected) {
            link.open(this::invalidated);
            connected = true;
        }
        String marker = link.heartbeat();
        if (!Layout.MARKER.equals(marker)) {
            become(State.NOT_THE_STORE, notTheStore(layout, marker));
            cache.clear();
            return;
        }
        if (state != State.PROVEN && mayLoseMappings(link.evictionPolicy())) {
            return;
        }
        provenNanos = System.nanoTime() | 1;
        tooOldTold = false;
        if (state != State.PROVEN) {
            cache.clear();
            become(State.PROVEN, "");
            somethingChanged = true;
        }
    }

    /** A mapping that is evicted is one that denies nobody any more, or lets its principal out of a virtual cluster. */
    private boolean mayLoseMappings(String policy) {
        if (policy.startsWith("allkeys")) {
            become(
                    State.NOT_THE_STORE,
                    "maxmemory-policy: " + policy + " (expected: noeviction, as an evicted mapping is no mapping)");
            cache.clear();
            return true;
        }
        if (policy.startsWith("volatile")) {
            log.warn(
                    "maxmemory-policy of Redis: {} (expected: noeviction, as mappings that have a time to live can be evicted)",
                    policy);
        }
        return false;
    }

    private void away(Throwable failure) {
        connected = false;
        become(State.AWAY, "away: " + failure);
        try {
            link.disconnect();
        } catch (RuntimeException e) {
            log.debug("closing a connection to Redis failed", e);
        }
    }

    private void become(State next, String why) {
        if (next != state || (next != State.PROVEN && provenNanos == 0 && !why.equals(reason))) {
            if (next == State.PROVEN) {
                log.info("User mappings are looked up in Redis");
            } else {
                log.warn("User mappings cannot be looked up in Redis: {}", why);
            }
        }
        reason = why;
        state = next;
    }

    private void invalidated(@Nullable List<?> keys) {
        somethingChanged = true;
        if (keys == null) {
            cache.clear();
            return;
        }
        for (Object key : keys) {
            layout.whose(new String((byte[]) key, StandardCharsets.UTF_8))
                    .ifPresent(whose -> cache.forget(whose.principal()));
        }
    }

    synchronized void close() {
        closed = true;
        link.close();
    }
}
