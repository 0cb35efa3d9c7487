/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.plugins.PluginResources;
import io.gatehouse.kernel.resources.KindEditor;
import io.gatehouse.kernel.resources.ResourceWriter;
import io.gatehouse.kernel.resources.Resources;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;

/** What plugins read and change of the resource store. Thread-safe. */
record StoredPluginResources(Resources resources, ResourceWriter writer) implements PluginResources {

    @Override
    public <S extends Record> ResourceView<S> view(ResourceKind<S> kind) {
        return resources.view(kind);
    }

    @Override
    public <S extends Record> ResourceEditor<S> editor(ResourceKind<S> kind) {
        return new KindEditor<>(kind, writer);
    }
}
