/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/**
 * Whether everything is there that a jar's class files need of the shared packages, so that an upgrade of Kafka or of the SPI shows when
 * a jar is looked at and not as a {@code NoSuchMethodError} under traffic. No class is loaded: the plugin's and the gateway's class files
 * are read.
 *
 * <p>What an extension or the plugin's main class reaches, from class to class inside the jar, must be there. What only other classes of
 * the jar need (parts of a library that nobody uses) is a warning. So is a class that is neither in the jar, nor shared, nor of the JDK:
 * libraries refer to optional dependencies, and only running them tells which those are.
 */
final class LinkageCheck {

    private final ClassLoader application;
    private final SpiVersion spi;

    /** @param application has the class files of the shared packages */
    LinkageCheck(ClassLoader application, SpiVersion spi) {
        this.application = application;
        this.spi = spi;
    }

    /**
     * Checks a jar.
     *
     * @param roots the extension classes and the main class
     * @return warnings, each a sentence
     * @throws PluginRejectedException when something is missing that a root reaches
     */
    List<String> check(StagedJar jar, Collection<String> roots) throws IOException, PluginRejectedException {
        LinkedClasses classes = new LinkedClasses(read(jar), application);
        Map<String, LinkedClasses.Needs> needs = classes.needs();
        Set<String> reached = reached(roots, needs);

        Findings refused = new Findings();
        Findings optional = new Findings();
        Findings foreign = new Findings();
        needs.forEach((name, need) -> {
            Findings of = reached.contains(name) ? refused : optional;
            need.missing().forEach(missing -> of.add(missing, name));
            if (reached.contains(name)) {
                need.foreign().forEach(missing -> foreign.add(missing, name));
            }
        });
        if (!refused.isEmpty()) {
            throw new PluginRejectedException(
                    RejectionCode.MISSING_CLASS_OR_MEMBER,
                    "needs what this gateway does not have: " + refused + " (expected: a plugin built for the SPI "
                            + spi.version() + " with kafka-clients " + AppInfoParser.getVersion() + ")");
        }
        List<String> warnings = new ArrayList<>();
        if (!optional.isEmpty()) {
            warnings.add("classes that no extension reaches need what this gateway does not have: " + optional);
        }
        if (!foreign.isEmpty()) {
            warnings.add("neither in the jar nor shared by the gateway: " + foreign
                    + " (expected: in the jar, unless it is an optional dependency of a library)");
        }
        return List.copyOf(warnings);
    }

    /** The class files that this JVM would load from the jar. */
    private static Map<String, ClassFile> read(StagedJar jar) throws IOException, PluginRejectedException {
        Map<String, ClassFile> files = new HashMap<>();
        try (JarFile zip = new JarFile(jar.path().toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
            List<JarEntry> entries = zip.versionedStream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .filter(entry -> !entry.getName().startsWith("META-INF/"))
                    .filter(entry -> !entry.getName().endsWith("module-info.class"))
                    .toList();
            for (JarEntry entry : entries) {
                try (InputStream in = zip.getInputStream(entry)) {
                    ClassFile file = parse(entry.getRealName(), in.readAllBytes());
                    files.put(file.name(), file);
                }
            }
        }
        return files;
    }

    private static ClassFile parse(String entry, byte[] bytes) throws PluginRejectedException {
        try {
            return new ClassFile(bytes);
        } catch (IllegalArgumentException e) {
            // This JVM would take it, or it would have been refused before; but nobody could say what it needs.
            throw new PluginRejectedException(
                    RejectionCode.CLASS_FILES_TOO_NEW,
                    entry + ": " + e.getMessage() + " (expected: one that this gateway can read)",
                    e);
        } catch (RuntimeException e) {
            throw new PluginRejectedException(RejectionCode.CORRUPT, entry + ": not a readable class file: " + e, e);
        }
    }

    private static Set<String> reached(Collection<String> roots, Map<String, LinkedClasses.Needs> needs) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        roots.forEach(root -> open.add(root.replace('.', '/')));
        while (!open.isEmpty()) {
            String name = open.pop();
            LinkedClasses.Needs of = needs.get(name);
            if (of != null && reached.add(name)) {
                open.addAll(of.inJar());
            }
        }
        return reached;
    }

    /** What is missing, each with one class that needs it. */
    private static final class Findings {
        private static final int NAMED = 3;

        private final Map<String, String> neededBy = new TreeMap<>();

        void add(String missing, String user) {
            neededBy.merge(missing, user.replace('/', '.'), (one, other) -> one.compareTo(other) < 0 ? one : other);
        }

        boolean isEmpty() {
            return neededBy.isEmpty();
        }

        @Override
        public String toString() {
            String named = neededBy.entrySet().stream()
                    .limit(NAMED)
                    .map(each -> each.getKey() + " (in " + each.getValue() + ")")
                    .collect(Collectors.joining(", "));
            int more = neededBy.size() - NAMED;
            return more > 0 ? named + " and " + more + " more" : named;
        }
    }
}
