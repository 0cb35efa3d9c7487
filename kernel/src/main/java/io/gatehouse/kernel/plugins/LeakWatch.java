/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that the class loaders of generations that have ended go away. One that is still there some minutes later, although a garbage
 * collection has unloaded classes since, is a leak: a warning names the threads that hold it, and
 * {@code gatehouse.plugins.leaked.generations} counts it until it is gone. Thread-safe.
 */
final class LeakWatch {

    private static final Logger log = LoggerFactory.getLogger(LeakWatch.class);

    private final Duration after;
    private final List<Dropped> dropped = new ArrayList<>();

    LeakWatch(Duration after, MeterRegistry meters) {
        this.after = after;
        Gauge.builder("gatehouse.plugins.leaked.generations", this, LeakWatch::leaked)
                .description("Generations of plugins that have ended and are still in memory")
                .register(meters);
    }

    private static final class Dropped {
        private final String name;
        private final WeakReference<ClassLoader> loader;
        private final WeakReference<ClassLoader> witness = new WeakReference<>(Witness.create());
        private final long nanos = System.nanoTime();
        private boolean reported;

        private Dropped(PluginClassLoader loader) {
            this.name = loader.toString();
            this.loader = new WeakReference<>(loader);
        }
    }

    /** The loader of a generation that has ended. */
    synchronized void dropped(PluginClassLoader loader) {
        dropped.add(new Dropped(loader));
    }

    /** How many have leaked. */
    synchronized int leaked() {
        return (int) dropped.stream()
                .filter(each -> each.reported && each.loader.get() != null)
                .count();
    }

    /** Reports what has not gone in time, once each. */
    synchronized void check() {
        dropped.removeIf(each -> each.loader.get() == null);
        for (Dropped each : dropped) {
            ClassLoader loader = each.loader.get();
            boolean late = System.nanoTime() - each.nanos >= after.toNanos() && each.witness.get() == null;
            if (loader != null && late && !each.reported) {
                each.reported = true;
                log.warn("{} has ended and is still in memory after {}: {}", each.name, after, holders(loader));
            }
        }
    }

    private static String holders(ClassLoader loader) {
        List<Thread> threads = Leftovers.threadsOf(loader);
        if (threads.isEmpty()) {
            return "no thread of its own holds it (expected: no reference to it outside, such as a ThreadLocal on another's"
                    + " thread or a listener that was not removed)";
        }
        return "held by the threads "
                + threads.stream().map(Thread::getName).sorted().collect(Collectors.joining(", "))
                + " (expected: a plugin ends in stop what it has started itself)";
    }

    /**
     * A loader with one empty class, which nobody holds: the first collection that unloads classes takes it. As long as it is there,
     * nothing can be said about any other loader.
     */
    private static final class Witness extends ClassLoader {

        private Witness() {
            super("witness of unloading", null);
        }

        private static @Nullable ClassLoader create() {
            ClassWriter empty = new ClassWriter(0);
            empty.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Witness", null, "java/lang/Object", null);
            byte[] bytes = empty.toByteArray();
            Witness witness = new Witness();
            witness.resolveClass(witness.defineClass("Witness", bytes, 0, bytes.length));
            return witness;
        }
    }
}
