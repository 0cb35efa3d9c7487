/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.ProvidedByGateway;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The resources of one kind as they are now. Reads are from memory, lock-free and safe on any thread, event loops included.
 */
@ProvidedByGateway
public interface ResourceView<S extends Record> {

    /** The resource of that name, if there is one and it is valid. */
    Optional<Resource<S>> get(String name);

    /** All valid resources of the kind, ordered by name; an immutable snapshot. */
    Collection<Resource<S>> list();

    /**
     * Calls the listener after every change with the name of each resource that was added, changed or removed. Calls come one at a time
     * on a kernel thread; a listener must not block for long.
     *
     * @return ends the watch; the kernel does so when the plugin's generation ends
     */
    AutoCloseable watch(Consumer<String> listener);
}
