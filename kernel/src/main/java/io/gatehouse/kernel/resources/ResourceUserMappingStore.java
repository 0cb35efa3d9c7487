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
 * User mappings from {@code UserMapping} resources. An exact principal wins over rules, and there a mapping for the authentication entry over
 * one for all entries; rules are tried by their mapping's order, then name. A principal whose mapping may be hidden in what cannot be read
 * gets a failed stage, never "no mapping". Thread-safe; answers from memory at once.
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
            // What cannot be read may be the one for the entry, which would win over the one for all.
            if (snapshot.doubt().principals().contains(principal)) {
                return cannotTell(principal);
            }
            mapping = snapshot.mappings().get(new MappingKey(principal, Optional.empty()));
        }
        if (mapping == null && snapshot.doubt().about(principal)) {
            return cannotTell(principal);
        }
        if (mapping != null) {
            return CompletableFuture.completedFuture(Optional.of(mapping));
        }
        return CompletableFuture.completedFuture(byRules(snapshot, authentication, principal));
    }

    private static CompletionStage<Optional<UserMapping>> cannotTell(String principal) {
        return CompletableFuture.failedFuture(new IllegalStateException("whether \"" + principal
                + "\" is mapped cannot be told, as a resource cannot be read; see the problems of resources"));
    }

    private static Optional<UserMapping> byRules(Snapshot snapshot, String authentication, String principal) {
        for (RuleMapping rule : snapshot.ruleMappings()) {
            Optional<UserMapping> found = rule.find(authentication, principal);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
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
