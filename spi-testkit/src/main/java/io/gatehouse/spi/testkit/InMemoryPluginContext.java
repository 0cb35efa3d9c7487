/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.testkit;

import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.resources.ResourceEditor;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceView;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** A plugin context without a gateway: pools of daemon threads, meters in memory, resources that the test writes. Thread-safe. */
public final class InMemoryPluginContext implements PluginContext, AutoCloseable {

    private final Map<String, ScheduledExecutorService> executors = new ConcurrentHashMap<>();
    private final Map<Class<?>, InMemoryResources<?>> resources = new ConcurrentHashMap<>();
    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Override
    public String pluginId() {
        return "under-test";
    }

    @Override
    public String pluginVersion() {
        return "0.0.0";
    }

    @Override
    public ScheduledExecutorService executor(String name, int threads) {
        return executors.computeIfAbsent(
                name,
                key -> new ScheduledThreadPoolExecutor(threads, task -> {
                    Thread thread = new Thread(task, "under-test-" + key);
                    thread.setDaemon(true);
                    return thread;
                }));
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    /** The same resources at every call. In a gateway the class has to be an extension of the plugin; here it only has to be creatable. */
    @Override
    public <S extends Record> ResourceView<S> resources(Class<? extends ResourceKind<S>> kind) {
        return writableResources(kind);
    }

    /** Changes what {@link #resources} shows, at once. */
    @Override
    public <S extends Record> ResourceEditor<S> resourceEditor(Class<? extends ResourceKind<S>> kind) {
        return writableResources(kind);
    }

    /** What {@link #resources} gives to the plugin, for the test to write. */
    @SuppressWarnings("unchecked")
    public <S extends Record> InMemoryResources<S> writableResources(Class<? extends ResourceKind<S>> kind) {
        return (InMemoryResources<S>)
                resources.computeIfAbsent(kind, type -> new InMemoryResources<>(newInstance(kind)));
    }

    private static <T> T newInstance(Class<T> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " (expected: a public no-argument constructor)", e);
        }
    }

    @Override
    public void close() {
        executors.values().forEach(ScheduledExecutorService::shutdownNow);
        meters.close();
    }
}
