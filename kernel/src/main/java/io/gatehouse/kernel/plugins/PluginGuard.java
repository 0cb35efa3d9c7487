/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one gate through which the kernel calls into a plugin: its class loader is the context class loader during the call, whatever it
 * throws is caught, counted in {@code gatehouse.plugin.failures} and logged with the plugin's id. One per generation; thread-safe.
 *
 * <p>Where a lambda per call is too much, use the parts:
 *
 * <pre>{@code
 * ClassLoader previous = guard.enter();
 * try {
 *     return handler.handle(request, context);
 * } catch (Throwable e) {
 *     guard.failed("request handler", e);
 *     return refusal;
 * } finally {
 *     PluginGuard.exit(previous);
 * }
 * }</pre>
 */
public final class PluginGuard {

    private static final Logger log = LoggerFactory.getLogger(PluginGuard.class);

    /** A plugin that fails on every request must not fill the log: between two entries at WARN lies at least this. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String plugin;
    private final ClassLoader loader;
    private final Duration deadline;
    private final Counter failures;
    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - QUIET_NANOS);

    /** @param deadline for what a factory makes */
    PluginGuard(PluginManifest manifest, ClassLoader loader, MeterRegistry meters, Duration deadline) {
        this.plugin = manifest.toString();
        this.loader = loader;
        this.deadline = deadline;
        this.failures = Counter.builder("gatehouse.plugin.failures")
                .description("Calls into a plugin that threw")
                .tag("plugin", manifest.id())
                .register(meters);
    }

    ClassLoader loader() {
        return loader;
    }

    /** Makes the plugin's class loader the context class loader; returns what {@link #exit} restores. */
    public @Nullable ClassLoader enter() {
        Thread thread = Thread.currentThread();
        ClassLoader previous = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        return previous;
    }

    /** Restores the context class loader. */
    public static void exit(@Nullable ClassLoader previous) {
        Thread.currentThread().setContextClassLoader(previous);
    }

    /** Counts and logs what a call threw; never throws. */
    public void failed(String call, Throwable failure) {
        failures.increment();
        long now = System.nanoTime();
        long last = lastWarning.get();
        if (now - last >= QUIET_NANOS && lastWarning.compareAndSet(last, now)) {
            log.warn("Plugin {}: {} failed", plugin, call, failure);
            return;
        }
        log.debug("Plugin {}: {} failed", plugin, call, failure);
    }

    /**
     * Calls the plugin.
     *
     * @param call what is called, for the log
     * @return whether it came back without throwing
     */
    public boolean run(String call, Runnable body) {
        ClassLoader previous = enter();
        try {
            body.run();
            return true;
        } catch (Throwable e) {
            failed(call, e);
            return false;
        } finally {
            exit(previous);
        }
    }

    /**
     * Calls the plugin for a result.
     *
     * @param call what is called, for the log
     * @param onFailure what to return when it threw
     */
    public <T> T call(String call, Supplier<T> body, Function<Throwable, T> onFailure) {
        ClassLoader previous = enter();
        try {
            return body.get();
        } catch (Throwable e) {
            failed(call, e);
            return onFailure.apply(e);
        } finally {
            exit(previous);
        }
    }

    /**
     * Lets a factory of the plugin make something, within the deadline and on a thread of its own: one that hangs must not take the
     * kernel's along. What comes too late is closed.
     *
     * @param what is made, for messages, such as {@code interceptor masking}
     * @throws IllegalArgumentException as the factory threw it: the configuration cannot work
     * @throws IllegalStateException naming the deadline, or the interface that returned null
     */
    public <T extends AutoCloseable> T make(String what, Callable<T> factory) {
        try {
            T made = Deadline.call("plugin-" + plugin + "-create", loader, deadline, factory, this::closeLate);
            if (made == null) {
                throw new IllegalStateException("the factory of " + what + " returned null (expected: an instance)");
            }
            return made;
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    what + " was not created after " + deadline.toSeconds() + " s (expected: within that time)", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    private void closeLate(@Nullable AutoCloseable late) throws Exception {
        if (late != null) {
            late.close();
        }
    }
}
