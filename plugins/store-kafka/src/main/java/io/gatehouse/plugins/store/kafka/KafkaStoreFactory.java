/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.store.kafka;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.resources.ResourceStore;
import io.gatehouse.spi.resources.ResourceStoreFactory;
import org.pf4j.Extension;

/** The resource store {@code kafka}. Stateless. */
@Extension
public final class KafkaStoreFactory implements ResourceStoreFactory<KafkaStoreConfig> {

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public Class<KafkaStoreConfig> configType() {
        return KafkaStoreConfig.class;
    }

    @Override
    public ResourceStore create(KafkaStoreConfig config, PluginContext context) {
        return new KafkaResourceStore(config);
    }
}
