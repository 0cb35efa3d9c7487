/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.IdentityConfig;
import io.gatehouse.kernel.config.LoadedConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.identity.EditableUserMappingStore;
import io.gatehouse.spi.identity.PrincipalExtractor;
import io.gatehouse.spi.identity.UserMappingStore;
import java.util.List;
import java.util.Optional;

/** The principal extractor and the user mapping store as the bootstrap file names them now. Thread-safe. */
final class CurrentIdentity {

    private final UserMappingStore embedded;
    private final Runnable changed;
    private volatile IdentityPlugins now;
    private IdentityConfig config;

    /**
     * @param embedded the store of mappings that are resources
     * @param changed called when what is known of principals has changed
     */
    CurrentIdentity(LoadedConfig loaded, UserMappingStore embedded, Runnable changed) {
        this.embedded = embedded;
        this.changed = changed;
        this.config = loaded.config().identity();
        this.now = made(loaded);
    }

    private IdentityPlugins made(LoadedConfig loaded) {
        return new IdentityPlugins(loaded.config().identity(), loaded.binder(), embedded, changed);
    }

    Optional<PrincipalExtractor> extractor() {
        return now.extractor();
    }

    Optional<UserMappingStore> store() {
        return now.store();
    }

    Optional<EditableUserMappingStore> editableStore() {
        return now.editableStore();
    }

    List<Problem> problems() {
        return now.problems();
    }

    /**
     * Plugins have changed.
     *
     * @return whether extractor or store came, was replaced or went
     */
    boolean update(PluginSnapshot plugins) {
        return now.update(plugins);
    }

    /**
     * Makes what a bootstrap file names beside what there is; nothing, where it names the same.
     *
     * @throws ConfigException when it cannot work with the plugins that are there
     */
    Staged stage(LoadedConfig next, PluginSnapshot plugins) {
        IdentityConfig wanted = next.config().identity();
        boolean same = wanted.userMapping().equals(config.userMapping())
                && wanted.principalExtractor().equals(config.principalExtractor());
        IdentityPlugins beside = same ? now : made(next);
        if (!same) {
            beside.update(plugins);
            if (!beside.problems().isEmpty()) {
                beside.close();
                throw new ConfigException("the configuration", beside.problems());
            }
        }
        return new Staged() {
            @Override
            public void commit() {
                IdentityPlugins before = now;
                config = wanted;
                now = beside;
                if (before != beside) {
                    before.close();
                }
            }

            @Override
            public void discard() {
                if (!same) {
                    beside.close();
                }
            }
        };
    }

    void close() {
        now.close();
    }
}
