/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.it;

import io.gatehouse.spi.NoConfig;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Puts everybody into the group that is called like the version of its jar. */
public final class VersionMappingsFactory implements UserMappingStoreFactory<NoConfig> {

    @Override
    public String name() {
        return "version-mappings";
    }

    @Override
    public Class<NoConfig> configType() {
        return NoConfig.class;
    }

    @Override
    public UserMappingStore create(NoConfig config, PluginContext context, Runnable changed) {
        UserMapping mapping = UserMapping.of("everybody", null, null, Set.of(JarVersion.get()));
        return (authentication, principal) -> CompletableFuture.completedFuture(Optional.of(mapping));
    }
}
