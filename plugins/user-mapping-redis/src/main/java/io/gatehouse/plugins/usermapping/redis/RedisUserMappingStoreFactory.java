/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import org.pf4j.Extension;

/** Offers the user mapping store {@code redis}. A Redis that is away does not stop the start: until it is there, nobody is mapped. */
@Extension
public final class RedisUserMappingStoreFactory implements UserMappingStoreFactory<RedisConfig> {

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
        RedisUserMappingStore store = new RedisUserMappingStore(config, new JedisLink(config), context, changed);
        store.start();
        return store;
    }
}
