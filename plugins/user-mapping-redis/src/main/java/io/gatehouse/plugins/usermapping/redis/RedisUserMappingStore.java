/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.identity.UserMapping;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * User mappings in Redis, laid out as {@link Layout} says. Look-ups run on threads of their own; what they find is kept until Redis says that
 * it has changed.
 *
 * <pre>
 * Redis                         kept mapping           other principals
 * is there, and is the store    used                   read
 * is there, and is not          refused                refused
 * does not answer               used for staleTime     refused
 * </pre>
 *
 * Thread-safe. Tested by {@code RedisUserMappingStoreTest}.
 */
final class RedisUserMappingStore implements EditableUserMappingStore {

    private final RedisConfig config;
    private final Layout layout;
    private final JedisLink link;
    private final RedisWatch watch;
    private final MappingCache cache;
    private final Executor lookUps;
    private final PluginContext context;
    private final Map<Asked, Reading> readings = new ConcurrentHashMap<>();
    private final Counter cached;
    private final Counter read;
    private final Counter stale;
    private final Counter failed;
    private final Consumer<RedisUserMappingStore> closed;
    private @Nullable Future<?> watching;

    /** Whose mapping is asked for. */
    private record Asked(String authentication, String principal) {}

    /** A read that is under way: whoever asks the same meanwhile waits for it, unless something has changed since it began. */
    private record Reading(long version, CompletableFuture<Optional<UserMapping>> answer) {
        boolean mayBeShared(long now) {
            return version == now && !answer.isDone();
        }
    }

    /** @param closed called when it is closed */
    RedisUserMappingStore(
            RedisConfig config,
            JedisLink link,
            PluginContext context,
            Runnable changed,
            Consumer<RedisUserMappingStore> closed) {
        this.closed = closed;
        this.config = config;
        this.layout = new Layout(config.prefix());
        this.link = link;
        this.context = context;
        this.cache = new MappingCache(config.cacheSize(), config.cacheTime());
        this.watch = new RedisWatch(config, link, cache, changed);
        this.lookUps = context.executor("redis", config.connections());
        this.cached = lookUps("cached");
        this.read = lookUps("read");
        this.stale = lookUps("stale");
        this.failed = lookUps("failed");
    }

    private Counter lookUps(String result) {
        return context.meters().counter("gatehouse.user.mapping.redis.lookups", "result", result);
    }

    /** Whether it is in reach, and is the store. */
    boolean isConnected() {
        return watch.proven();
    }

    /** How many mappings it keeps. */
    int cached() {
        return cache.size();
    }

    /** Begins to connect, and to follow changes. */
    void start() {
        watching = context.executor("redis-watch", 1)
                .scheduleWithFixedDelay(watch::tick, 0, config.watchInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletionStage<Optional<UserMapping>> find(String authentication, String principal) {
        RedisWatch.State now = watch.state();
        if (now == RedisWatch.State.NOT_THE_STORE) {
            return refusal(watch.reason());
        }
        if (now == RedisWatch.State.AWAY) {
            return staleOr(authentication, principal, watch.reason());
        }
        Optional<UserMapping> kept = cache.fresh(authentication, principal);
        if (kept.isPresent()) {
            cached.increment();
            return CompletableFuture.completedFuture(kept);
        }
        return reading(new Asked(authentication, principal));
    }

    private CompletionStage<Optional<UserMapping>> reading(Asked asked) {
        long version = cache.version();
        Reading mine = new Reading(version, new CompletableFuture<>());
        Reading shared =
                readings.compute(asked, (key, before) -> before != null && before.mayBeShared(version) ? before : mine);
        if (shared == mine) {
            mine.answer()
                    .orTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((found, failure) -> readings.remove(asked, mine));
            try {
                lookUps.execute(() -> read(asked, mine));
            } catch (RejectedExecutionException e) {
                mine.answer().completeExceptionally(e);
            }
        }
        // A stage of the caller's own, which it may complete without harm to others.
        return shared.answer()
                .thenApply(found -> found)
                .exceptionallyCompose(failure -> cause(failure) instanceof Unreadable unreadable
                        ? refusal(unreadable.getMessage())
                        : staleOr(asked.authentication(), asked.principal(), "it did not answer: " + cause(failure)));
    }

    private void read(Asked asked, Reading reading) {
        if (reading.answer().isDone()) {
            return;
        }
        try {
            List<String> keys = List.of(
                    layout.key(Optional.of(asked.authentication()), asked.principal()),
                    layout.key(Optional.empty(), asked.principal()));
            JedisLink.Found found = link.read(keys);
            Optional<UserMapping> mapping = mapping(keys, found);
            mapping.ifPresent(known -> cache.put(reading.version(), asked.authentication(), asked.principal(), known));
            read.increment();
            reading.answer().complete(mapping);
        } catch (RuntimeException e) {
            reading.answer().completeExceptionally(e);
        }
    }

    private Optional<UserMapping> mapping(List<String> keys, JedisLink.Found found) {
        if (!Layout.MARKER.equals(found.marker())) {
            throw new Unreadable(RedisWatch.notTheStore(layout, found.marker()));
        }
        try {
            for (int i = 0; i < keys.size(); i++) {
                Optional<UserMapping> mapping =
                        layout.read(keys.get(i), found.mappings().get(i));
                if (mapping.isPresent()) {
                    return mapping;
                }
            }
            return Optional.empty();
        } catch (IllegalStateException e) {
            throw new Unreadable(e.getMessage());
        }
    }

    private CompletionStage<Optional<UserMapping>> staleOr(String authentication, String principal, String reason) {
        Optional<UserMapping> kept = watch.mayBeStale() ? cache.any(authentication, principal) : Optional.empty();
        if (kept.isEmpty()) {
            return refusal(reason);
        }
        stale.increment();
        return CompletableFuture.completedFuture(kept);
    }

    private CompletionStage<Optional<UserMapping>> refusal(String reason) {
        failed.increment();
        return CompletableFuture.failedFuture(new IllegalStateException("Redis: " + reason));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /** Redis has answered, and the answer is none: nothing that was kept is better. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public CompletionStage<List<Entry>> list() {
        return later(() -> {
            requireTheStore();
            List<Entry> entries = new ArrayList<>();
            for (String key : link.keys()) {
                Layout.Whose whose = layout.whose(key)
                        .orElseThrow(() -> new IllegalStateException("key " + key + " in Redis does not parse"));
                layout.read(key, link.read(List.of(key)).mappings().get(0))
                        .ifPresent(
                                mapping -> entries.add(new Entry(whose.authentication(), whose.principal(), mapping)));
            }
            return entries;
        });
    }

    @Override
    public CompletionStage<Void> put(Entry entry) {
        return later(() -> {
            requireTheStore();
            link.write(layout.key(entry.authentication(), entry.principal()), layout.write(entry.mapping()));
            cache.forget(entry.principal());
            return null;
        });
    }

    @Override
    public CompletionStage<Boolean> remove(Optional<String> authentication, String principal) {
        return later(() -> {
            requireTheStore();
            boolean removed = link.remove(layout.key(authentication, principal));
            cache.forget(principal);
            return removed;
        });
    }

    private void requireTheStore() {
        @Nullable String marker = link.read(List.of()).marker();
        if (!Layout.MARKER.equals(marker)) {
            throw new IllegalStateException("Redis: " + RedisWatch.notTheStore(layout, marker));
        }
    }

    private <T> CompletionStage<T> later(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            lookUps.execute(() -> {
                try {
                    done.complete(work.call());
                } catch (Exception e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    @Override
    public void close() {
        closed.accept(this);
        Future<?> ending = watching;
        if (ending != null) {
            ending.cancel(false);
        }
        watch.close();
    }
}
