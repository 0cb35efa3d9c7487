/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a plugin may leave behind when it ends although nothing asked it to: threads, which are interrupted, and values of
 * {@link ThreadLocal}s on threads of the gateway, which are removed where the {@code ThreadLocal} is a static field of the plugin's. The
 * rest (a thread that goes on, a {@code java.util.Timer}) is for the {@link LeakWatch} to report.
 */
final class Leftovers {

    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private static final Duration MOMENT = Duration.ofMillis(200);

    private Leftovers() {}

    /**
     * Clears up behind a loader.
     *
     * @param everyThread runs a task on every thread of the gateway that calls into plugins
     */
    static void clear(PluginClassLoader loader, Consumer<Runnable> everyThread) {
        for (Thread thread : stillAlive(threadsOf(loader))) {
            log.warn("{}: thread {} goes on after stop; it is interrupted", loader, thread.getName());
            thread.interrupt();
        }
        List<ThreadLocal<?>> locals = staticThreadLocals(loader);
        if (!locals.isEmpty()) {
            everyThread.accept(() -> locals.forEach(ThreadLocal::remove));
        }
    }

    /** Those that do not come to their end within a moment. */
    private static List<Thread> stillAlive(List<Thread> threads) {
        long deadline = System.nanoTime() + MOMENT.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return threads.stream().filter(Thread::isAlive).toList();
    }

    /** The threads, other than this one, whose class or context class loader is the loader's or a child's of it. */
    static List<Thread> threadsOf(ClassLoader loader) {
        List<Thread> threads = new ArrayList<>();
        for (Thread thread : all()) {
            boolean of = isOf(thread.getContextClassLoader(), loader)
                    || isOf(thread.getClass().getClassLoader(), loader);
            if (of && thread != Thread.currentThread()) {
                threads.add(thread);
            }
        }
        return threads;
    }

    private static List<Thread> all() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 64];
        int count = root.enumerate(threads);
        return Arrays.asList(threads).subList(0, count);
    }

    private static boolean isOf(@Nullable ClassLoader candidate, ClassLoader loader) {
        for (ClassLoader each = candidate; each != null; each = each.getParent()) {
            if (each == loader) {
                return true;
            }
        }
        return false;
    }

    private static List<ThreadLocal<?>> staticThreadLocals(PluginClassLoader loader) {
        List<ThreadLocal<?>> locals = new ArrayList<>();
        for (Class<?> type : loader.loadedClasses()) {
            try {
                for (Field field : type.getDeclaredFields()) {
                    if (Modifier.isStatic(field.getModifiers())
                            && ThreadLocal.class.isAssignableFrom(field.getType())) {
                        field.setAccessible(true);
                        if (field.get(null) instanceof ThreadLocal<?> local) {
                            locals.add(local);
                        }
                    }
                }
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                // A class that does not even initialise has left nothing behind.
                log.debug("{}: {} cannot be looked at", loader, type.getName(), e);
            }
        }
        return locals;
    }
}
