/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.resources.Snapshot.MappingKey;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.identity.UserMappingStore;
import io.gatehouse.spi.resources.ResourceView;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * User mappings from {@code UserMapping} resources. A mapping for the authentication entry wins over one for all entries. A principal
 * whose mapping is there but cannot be read gets a failed stage, never "no mapping". Thread-safe; answers from memory at once.
 */
public final class ResourceUserMappingStore implements UserMappingStore {

    private final Resources resources;
    private final AutoCloseable watch;

    /** @param changed called after mappings have changed */
    public ResourceUserMappingStore(Resources resources, Runnable changed) {
        this.resources = resources;
        ResourceView<UserMappingSpec> view = resources.view(KernelKinds.USER_MAPPING);
        this.watch = view.watch(name -> changed.run());
    }

    @Override
    public CompletionStage<Optional<UserMapping>> find(String authentication, String principal) {
        Snapshot snapshot = resources.snapshot();
        UserMapping mapping = snapshot.mappings().get(new MappingKey(principal, Optional.of(authentication)));
        if (mapping == null) {
            mapping = snapshot.mappings().get(new MappingKey(principal, Optional.empty()));
        }
        if (mapping == null && snapshot.doubt().about(principal)) {
            return CompletableFuture.failedFuture(new IllegalStateException("whether \"" + principal
                    + "\" is mapped cannot be told, as a resource cannot be read; see the problems of resources"));
        }
        return CompletableFuture.completedFuture(Optional.ofNullable(mapping));
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (Exception e) {
            throw new IllegalStateException("the watch of user mappings could not be ended", e);
        }
    }
}
