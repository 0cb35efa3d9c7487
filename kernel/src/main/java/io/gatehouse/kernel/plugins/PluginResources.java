/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import java.util.concurrent.CompletableFuture;

/** Where plugins get their resources from; implemented by whoever holds the resource store. Thread-safe. */
public interface PluginResources {

    /**
     * The resources of a kind. May be called before the snapshot that offers the kind is published: the view is empty until then.
     *
     * @param kind an extension of the plugin that asks
     */
    <S extends Record> ResourceView<S> view(ResourceKind<S> kind);

    /**
     * Changes resources of a kind.
     *
     * @param kind an extension of the plugin that asks
     */
    default <S extends Record> ResourceEditor<S> editor(ResourceKind<S> kind) {
        return (changes, actor) -> CompletableFuture.failedFuture(
                new ResourceException(ResourceException.Reason.READ_ONLY, "nothing can be changed here"));
    }
}
