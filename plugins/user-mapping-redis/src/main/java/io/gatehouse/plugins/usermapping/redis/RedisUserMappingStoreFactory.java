/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import io.micrometer.core.instrument.Gauge;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import org.pf4j.Extension;

/** Offers the user mapping store {@code redis}. A Redis that is away does not stop the start: until it is there, nobody is mapped. */
@Extension
public final class RedisUserMappingStoreFactory implements UserMappingStoreFactory<RedisConfig> {

    /** In the order in which they were made: a reload makes the next one before the last one ends. */
    private final List<RedisUserMappingStore> open = new CopyOnWriteArrayList<>();

    private final AtomicBoolean shown = new AtomicBoolean();

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Class<RedisConfig> configType() {
        return RedisConfig.class;
    }

    @Override
    public UserMappingStore create(RedisConfig config, PluginContext context, Runnable changed) {
        RedisUserMappingStore store =
                new RedisUserMappingStore(config, new JedisLink(config), context, changed, open::remove);
        open.add(store);
        showGauges(context);
        store.start();
        return store;
    }

    /** A registry keeps the first gauge of a name, which therefore is about all stores. */
    private void showGauges(PluginContext context) {
        if (!shown.compareAndSet(false, true)) {
            return;
        }
        gauge("connected", each -> each.isConnected() ? 1 : 0, context);
        gauge("cached", RedisUserMappingStore::cached, context);
    }

    private void gauge(String name, ToDoubleFunction<RedisUserMappingStore> value, PluginContext context) {
        Gauge.builder("gatehouse.user.mapping.redis." + name, open, all -> ofNewest(all, value))
                .register(context.meters());
    }

    private static double ofNewest(List<RedisUserMappingStore> open, ToDoubleFunction<RedisUserMappingStore> value) {
        // One look at the list, from which another thread may take one.
        Object[] now = open.toArray();
        return now.length == 0 ? 0 : value.applyAsDouble((RedisUserMappingStore) now[now.length - 1]);
    }
}
