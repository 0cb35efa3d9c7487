/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the kernel gives to one generation of a plugin. Whatever is obtained here is taken back by the kernel when the generation ends:
 * executors are shut down, meters and watches removed. A plugin therefore has no clean-up code to forget; threads that it starts by
 * itself are its own to end, and are reported as a leak when it does not.
 *
 * <p>All methods are thread-safe.
 */
@ProvidedByGateway
public interface PluginContext {

    /** The plugin's id, from the jar's manifest. */
    String pluginId();

    /** The plugin's version (semver), from the jar's manifest. */
    String pluginVersion();

    /**
     * A pool of daemon threads for work that may block: hashing, look-ups, HTTP. Its queue is bounded; a task that finds it full is
     * refused with {@link java.util.concurrent.RejectedExecutionException}, which an asynchronous handler turns into its declared
     * fallback.
     *
     * @param name part of the thread names, and the key: the same name returns the same pool
     * @param threads how many threads it may have, at least 1; counts only at the first call for a name
     */
    ScheduledExecutorService executor(String name, int threads);

    /**
     * Meters registered here carry the tag {@code plugin} and go away with the generation. Of a gauge, or a counter of a function, the first
     * one of a name and tags stays: where a factory makes several things of one name, or the next one before the last one is closed as on
     * a reload, let it be about what the factory keeps of all of them.
     */
    MeterRegistry meters();

    /**
     * The resources of a kind that this plugin brings.
     *
     * @throws IllegalArgumentException when no extension of this plugin is of that class
     */
    <S extends Record> ResourceView<S> resources(Class<? extends ResourceKind<S>> kind);

    /**
     * Changes resources of a kind that this plugin brings, for policies that are managed through Kafka's own requests.
     *
     * @throws IllegalArgumentException when no extension of this plugin is of that class
     */
    @Experimental
    <S extends Record> ResourceEditor<S> resourceEditor(Class<? extends ResourceKind<S>> kind);
}
