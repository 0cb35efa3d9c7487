/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.compatibility;

import io.gatehouse.spi.Experimental;
import io.gatehouse.spi.ProvidedByGateway;
import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.filter.AnnotationBehaviorFilter;
import japicmp.filter.AnnotationClassFilter;
import japicmp.filter.AnnotationFieldFilter;
import japicmp.model.AccessModifier;
import japicmp.model.JApiBehavior;
import japicmp.model.JApiClass;
import japicmp.model.JApiCompatibility;
import japicmp.model.JApiCompatibilityChangeType;
import japicmp.model.JApiMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Finds what a plugin built against one version of the SPI would trip over with another. What is {@code @Experimental} is left out. */
final class SpiComparison {

    /** Harmless to those who call an interface; a plugin that implements it would throw AbstractMethodError. */
    private static final Set<JApiCompatibilityChangeType> MORE_TO_IMPLEMENT = Set.of(
            JApiCompatibilityChangeType.METHOD_ADDED_TO_INTERFACE,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_TO_CLASS,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_IN_SUPERCLASS,
            JApiCompatibilityChangeType.METHOD_ABSTRACT_ADDED_IN_IMPLEMENTED_INTERFACE);

    private SpiComparison() {}

    /** Compares two jars, or folders of class files. */
    static Set<Break> breaks(Path baseline, Path now) throws IOException {
        JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
        options.setAccessModifier(AccessModifier.PROTECTED);
        options.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
        String experimental = "@" + Experimental.class.getName();
        options.getFilters().getExcludes().add(new AnnotationClassFilter(experimental));
        options.getFilters().getExcludes().add(new AnnotationBehaviorFilter(experimental));
        options.getFilters().getExcludes().add(new AnnotationFieldFilter(experimental));
        List<JApiClass> classes = new JarArchiveComparator(options).compare(archive(baseline), archive(now));
        Set<Break> breaks = new TreeSet<>();
        for (JApiClass type : classes) {
            String name = type.getFullyQualifiedName().replace('$', '.');
            boolean provided = type.getNewClass()
                    .map(found -> found.hasAnnotation(ProvidedByGateway.class.getName()))
                    .orElse(false);
            add(breaks, name, type, provided);
            type.getInterfaces().forEach(each -> add(breaks, name, each, provided));
            add(breaks, name, type.getSuperclass(), provided);
            type.getFields().forEach(field -> add(breaks, name + "#" + field.getName(), field, provided));
            type.getConstructors().forEach(each -> add(breaks, name + "#new" + parameters(each), each, provided));
            for (JApiMethod method : type.getMethods()) {
                add(breaks, name + "#" + method.getName() + parameters(method), method, provided);
            }
        }
        return breaks;
    }

    private static void add(Set<Break> breaks, String element, JApiCompatibility compared, boolean provided) {
        compared.getCompatibilityChanges().stream()
                .filter(change ->
                        !change.isBinaryCompatible() || (!provided && MORE_TO_IMPLEMENT.contains(change.getType())))
                .forEach(
                        change -> breaks.add(new Break(element, change.getType().name())));
    }

    private static String parameters(JApiBehavior behavior) {
        List<String> types = behavior.getParameters().stream()
                .map(parameter ->
                        parameter.getType().substring(parameter.getType().lastIndexOf('.') + 1))
                .toList();
        return "(" + String.join(",", types) + ")";
    }

    private static JApiCmpArchive archive(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return new JApiCmpArchive(path.toFile(), "baseline");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes);
                Stream<Path> files = Files.walk(path)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(path.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, jar);
            }
        }
        return new JApiCmpArchive(bytes.toByteArray(), path.toString(), "now");
    }
}
