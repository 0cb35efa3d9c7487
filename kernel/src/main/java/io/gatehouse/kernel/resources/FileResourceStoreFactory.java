/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.resources.ResourceStore;
import io.gatehouse.spi.resources.ResourceStoreFactory;
import java.nio.file.Path;

/** The embedded resource store {@code file}. Thread-safe. */
public final class FileResourceStoreFactory implements ResourceStoreFactory<FileStoreConfig> {

    private final Path home;

    /** @param home where relative paths start */
    public FileResourceStoreFactory(Path home) {
        this.home = home;
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Class<FileStoreConfig> configType() {
        return FileStoreConfig.class;
    }

    @Override
    public ResourceStore create(FileStoreConfig config, PluginContext context) {
        return new FileResourceStore(home.resolve(config.path()), FileResourceStore.POLL_INTERVAL);
    }
}
