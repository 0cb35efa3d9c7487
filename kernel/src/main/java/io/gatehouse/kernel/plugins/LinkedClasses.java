/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.kernel.plugins.ClassFile.Member;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The class files of one jar with those that they inherit from, and what each needs. One use, one thread; loads no class. */
final class LinkedClasses {

    private final Map<String, ClassFile> jar;
    private final ClassLoader application;
    private final Map<String, Optional<ClassFile>> provided = new HashMap<>();
    private final Map<String, Boolean> ofTheJdk = new HashMap<>();
    private final Map<String, Boolean> inheritsShared = new HashMap<>();

    /**
     * What one class needs.
     *
     * @param inJar internal names of other classes of the jar
     * @param missing classes and members that shared packages do not have
     * @param foreign classes that are neither in the jar, nor shared, nor of the JDK
     */
    record Needs(Set<String> inJar, Set<String> missing, Set<String> foreign) {}

    LinkedClasses(Map<String, ClassFile> jar, ClassLoader application) {
        this.jar = jar;
        this.application = application;
    }

    /** What each class of the jar needs, by internal name. */
    Map<String, Needs> needs() {
        Map<String, Needs> needs = new HashMap<>();
        jar.forEach((name, file) -> needs.put(name, needs(file)));
        return needs;
    }

    private Needs needs(ClassFile file) {
        Needs needs = new Needs(new HashSet<>(), new TreeSet<>(), new TreeSet<>());
        file.references(new ClassFile.References() {
            @Override
            public void type(String className) {
                if (jar.containsKey(className)) {
                    needs.inJar().add(className);
                } else if (!isShared(className)) {
                    if (!isOfTheJdk(className)) {
                        needs.foreign().add(readable(className));
                    }
                } else if (provided(className).isEmpty()) {
                    needs.missing().add(readable(className));
                }
            }

            @Override
            public void member(Member member) {
                if ((isShared(member.owner()) || inheritsShared(member.owner())) && isMissing(member)) {
                    needs.missing().add(readable(member));
                }
            }
        });
        return needs;
    }

    /** Looks a member up as the JVM does: in its owner, then in all that is above it. */
    private boolean isMissing(Member member) {
        Deque<String> open = new ArrayDeque<>(List.of(member.owner()));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!seen.add(name)) {
                continue;
            }
            ClassFile own = jar.get(name);
            ClassFile file = own == null ? provided(name).orElse(null) : own;
            // A class that is not there is reported as such; what it would declare is not known.
            if (file == null || file.declares(member, own == null)) {
                return false;
            }
            open.addAll(file.parents());
        }
        return true;
    }

    private static boolean isShared(String className) {
        return SharedPackages.contains(className.replace('/', '.'));
    }

    private boolean isOfTheJdk(String className) {
        return ofTheJdk.computeIfAbsent(
                className, name -> ClassLoader.getPlatformClassLoader().getResource(name + ".class") != null);
    }

    private Optional<ClassFile> provided(String className) {
        return provided.computeIfAbsent(className, this::readProvided);
    }

    private Optional<ClassFile> readProvided(String className) {
        try (InputStream in = application.getResourceAsStream(className + ".class")) {
            return in == null ? Optional.empty() : Optional.of(new ClassFile(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a class of the jar has a class of a shared package above it. */
    private boolean inheritsShared(String className) {
        Boolean known = inheritsShared.get(className);
        if (known != null) {
            return known;
        }
        // Counts while it is being found out: a class that is its own ancestor does not load anyway.
        inheritsShared.put(className, false);
        ClassFile file = jar.get(className);
        boolean inherits =
                file != null && file.parents().stream().anyMatch(parent -> isShared(parent) || inheritsShared(parent));
        inheritsShared.put(className, inherits);
        return inherits;
    }

    private static String readable(String className) {
        return className.replace('/', '.');
    }

    private static String readable(Member member) {
        String owner = readable(member.owner()) + "." + member.name();
        return member.descriptor().startsWith("(") ? owner + readable(member.descriptor()) : owner;
    }
}
