/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.GatewayPlugin;
import io.gatehouse.spi.PluginContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.pf4j.ExtensionPoint;
import org.pf4j.Plugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a generation of a validated jar: class loader, extensions, main class, start. The first moment at which its code runs. */
final class GenerationLoader {

    private static final Logger log = LoggerFactory.getLogger(GenerationLoader.class);

    private final SharedPackages shared;
    private final MeterRegistry meters;
    private final PluginResources resources;
    private final Duration deadline;
    private final Executor closer;
    private final Consumer<PluginGeneration> onEnd;
    private final Consumer<PluginClassLoader> onDrop;

    /**
     * @param deadline for creating the extensions, for {@code start}, the self-check and {@code stop}, each
     * @param closer where generations end
     * @param onEnd told when a generation has ended
     * @param onDrop told when all that is left of a generation, or of what did not become one, is its loader
     */
    GenerationLoader(
            SharedPackages shared,
            MeterRegistry meters,
            PluginResources resources,
            Duration deadline,
            Executor closer,
            Consumer<PluginGeneration> onEnd,
            Consumer<PluginClassLoader> onDrop) {
        this.shared = shared;
        this.meters = meters;
        this.resources = resources;
        this.deadline = deadline;
        this.closer = closer;
        this.onEnd = onEnd;
        this.onDrop = onDrop;
    }

    /** Loads and starts; when that fails, nothing of it is left. */
    PluginGeneration load(StagedJar jar, PluginManifest manifest) throws PluginRejectedException {
        PluginClassLoader loader = new PluginClassLoader(manifest, jar, shared);
        PluginGuard guard = new PluginGuard(manifest, loader, meters, deadline);
        HostedPluginContext context = new HostedPluginContext(manifest, loader, guard, meters, resources);
        GenerationManager manager = new GenerationManager(manifest, jar, loader);
        try {
            List<Instance> instances = instantiate(manifest, loader);
            PluginGeneration generation = new PluginGeneration(
                    manifest,
                    jar,
                    self -> offered(instances, self),
                    guard,
                    context,
                    ended -> {
                        dispose(manifest, loader, manager, context);
                        log.info("Plugin {} has ended", ended);
                        onEnd.accept(ended);
                    },
                    closer);
            context.extensions(generation.extensions());
            start(manifest, loader, manager, context);
            return generation;
        } catch (PluginRejectedException e) {
            dispose(manifest, loader, manager, context);
            throw e;
        } catch (RuntimeException e) {
            dispose(manifest, loader, manager, context);
            throw new PluginRejectedException(RejectionCode.START_FAILED, "cannot be loaded: " + e, e);
        }
    }

    /** One object under one of the extension points that it implements. */
    private record Instance(ExtensionType<?> type, String name, ExtensionPoint extension) {

        <T extends ExtensionPoint> LoadedExtension<T> as(ExtensionType<T> as, PluginGeneration generation) {
            return new LoadedExtension<>(as, name, as.cast(extension), generation);
        }
    }

    private static List<LoadedExtension<?>> offered(List<Instance> instances, PluginGeneration generation) {
        List<LoadedExtension<?>> offered = new ArrayList<>();
        instances.forEach(instance -> offered.add(instance.as(instance.type(), generation)));
        return List.copyOf(offered);
    }

    private List<Instance> instantiate(PluginManifest manifest, PluginClassLoader loader)
            throws PluginRejectedException {
        List<Instance> instances = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String className : manifest.extensionClasses()) {
            for (Instance instance : call(
                    manifest,
                    loader,
                    RejectionCode.EXTENSION_FAILED,
                    "extension " + className,
                    () -> instances(className, loader))) {
                if (!names.add(instance.type() + " " + instance.name())) {
                    throw new PluginRejectedException(
                            RejectionCode.DUPLICATE_EXTENSION,
                            instance.type() + " \"" + instance.name() + "\" is offered twice by " + manifest
                                    + " (expected: one name per extension point)");
                }
                instances.add(instance);
            }
        }
        return instances;
    }

    private static List<Instance> instances(String className, PluginClassLoader loader) throws Exception {
        Class<?> type = Class.forName(className, true, loader);
        if (type.getClassLoader() != loader || !ExtensionPoint.class.isAssignableFrom(type)) {
            throw notAnExtension(className, "a class of this jar that implements an extension point of the SPI");
        }
        ExtensionPoint extension =
                (ExtensionPoint) newInstance(() -> type.getConstructor().newInstance());
        List<Instance> instances = new ArrayList<>();
        for (ExtensionType<?> point : ExtensionType.ALL) {
            if (point.accepts(type)) {
                instances.add(new Instance(point, name(className, point, extension), extension));
            }
        }
        if (instances.isEmpty()) {
            throw notAnExtension(className, "an implementation of one of " + ExtensionType.ALL);
        }
        return instances;
    }

    private static String name(String className, ExtensionType<?> point, ExtensionPoint extension)
            throws PluginRejectedException {
        try {
            return point.nameOf(extension);
        } catch (RuntimeException e) {
            throw new PluginRejectedException(
                    RejectionCode.EXTENSION_INVALID, "extension " + className + ": " + e.getMessage(), e);
        }
    }

    private static PluginRejectedException notAnExtension(String className, String expected) {
        return new PluginRejectedException(
                RejectionCode.EXTENSION_INVALID, "extension " + className + " (expected: " + expected + ")");
    }

    private void start(
            PluginManifest manifest, PluginClassLoader loader, GenerationManager manager, HostedPluginContext context)
            throws PluginRejectedException {
        Plugin main = mainClass(manifest, loader, context);
        call(manifest, loader, RejectionCode.START_FAILED, "start", () -> {
            main.start();
            return null;
        });
        manager.start(new Plugin() {
            @Override
            public void stop() {
                GenerationLoader.this.stop(manifest, loader, main);
            }
        });
        if (main instanceof GatewayPlugin plugin) {
            selfCheck(manifest, loader, plugin);
        }
    }

    private void selfCheck(PluginManifest manifest, PluginClassLoader loader, GatewayPlugin plugin)
            throws PluginRejectedException {
        try {
            call(manifest, loader, RejectionCode.SELF_CHECK_FAILED, "self-check", () -> {
                plugin.selfCheck();
                return null;
            });
        } catch (PluginRejectedException e) {
            throw new PluginRejectedException(RejectionCode.SELF_CHECK_FAILED, e.getMessage(), e);
        }
    }

    private Plugin mainClass(PluginManifest manifest, PluginClassLoader loader, HostedPluginContext context)
            throws PluginRejectedException {
        String className = manifest.mainClass();
        if (className == null) {
            return new Plugin() {};
        }
        return call(manifest, loader, RejectionCode.MAIN_CLASS_FAILED, "Plugin-Class " + className, () -> {
            Class<?> type = Class.forName(className, true, loader);
            if (!GatewayPlugin.class.isAssignableFrom(type)) {
                throw new PluginRejectedException(
                        RejectionCode.MAIN_CLASS_FAILED,
                        "Plugin-Class " + className + " (expected: a subclass of " + GatewayPlugin.class.getName()
                                + ")");
            }
            return (Plugin)
                    newInstance(() -> type.getConstructor(PluginContext.class).newInstance(context));
        });
    }

    private static Object newInstance(Callable<Object> constructor) throws Exception {
        try {
            return constructor.call();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Runs code of the plugin before anybody depends on it: whatever happens is a refusal. */
    private <T> T call(
            PluginManifest manifest, PluginClassLoader loader, RejectionCode code, String what, Callable<T> call)
            throws PluginRejectedException {
        try {
            return Deadline.call("plugin-" + manifest.id() + "-start", loader, deadline, call);
        } catch (TimeoutException e) {
            throw new PluginRejectedException(
                    RejectionCode.START_TIMED_OUT,
                    what + " was not done after " + deadline.toSeconds() + " s (expected: within that time)",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PluginRejectedException rejected) {
                throw rejected;
            }
            throw new PluginRejectedException(code, what + " failed: " + root(e), e.getCause());
        }
    }

    /** Static initializers and reflection wrap; what the author has to see is the innermost. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private void stop(PluginManifest manifest, PluginClassLoader loader, Plugin main) {
        try {
            Deadline.call("plugin-" + manifest.id() + "-stop", loader, deadline, () -> {
                main.stop();
                return null;
            });
        } catch (TimeoutException e) {
            log.warn(
                    "Plugin {}: stop was not done after {} s; it is dropped all the same",
                    manifest,
                    deadline.toSeconds());
        } catch (ExecutionException e) {
            log.warn("Plugin {}: stop failed; it is dropped all the same", manifest, e.getCause());
        }
    }

    private void dispose(
            PluginManifest manifest, PluginClassLoader loader, GenerationManager manager, HostedPluginContext context) {
        try {
            manager.stopAndUnload();
        } catch (RuntimeException e) {
            log.warn("Plugin {} cannot be unloaded", manifest, e);
        }
        context.close();
        onDrop.accept(loader);
        try {
            loader.close();
        } catch (IOException e) {
            log.warn("Plugin {}: its class loader cannot be closed", manifest, e);
        }
    }
}
