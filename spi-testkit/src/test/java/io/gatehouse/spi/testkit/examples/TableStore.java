/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit.examples;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.pf4j.Extension;

/** Mappings from a table that may be slow to read. */
@Extension
public final class TableStore implements UserMappingStoreFactory<TableStore.Config> {

    /** @param virtualClusters by principal */
    public record Config(Map<String, String> virtualClusters) {}

    @Override
    public String name() {
        return "table";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public UserMappingStore create(Config config, PluginContext context, Runnable changed) {
        // Look-ups may block, so not on the event loop: on a pool that the gateway ends with the plugin.
        Executor pool = context.executor("look-up", 4);
        return (authentication, principal) -> CompletableFuture.supplyAsync(() -> read(config, principal), pool);
    }

    /** Empty says "there is none"; an exception says "cannot say", and refuses the connection. */
    private static Optional<UserMapping> read(Config config, String principal) {
        return Optional.ofNullable(config.virtualClusters().get(principal))
                .map(virtualCluster -> UserMapping.of("table/" + principal, principal, virtualCluster, Set.of()));
    }
}
