/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How a bootstrap file differs from the one that runs. It names keys and never values, which may be secrets. Immutable.
 *
 * @param sentences what a reload changes, such as {@code listener apps: tls, ports}; none when nothing does
 * @param impossible what cannot change while running, each with its path
 * @param whoIsWho whether somebody who is connected may be somebody else, or nobody, by it
 */
public record ConfigChanges(List<String> sentences, List<Problem> impossible, boolean whoIsWho) {

    private static final Set<String> RELOADABLE = Set.of("clusters", "listeners", "identity", "administration");
    private static final String RESTART = "(expected: as it runs, since it cannot change without a restart)";

    public ConfigChanges {
        sentences = List.copyOf(sentences);
        impossible = List.copyOf(impossible);
    }

    /** From the one that runs to another. */
    public static ConfigChanges between(GatehouseConfig before, GatehouseConfig after) {
        List<String> sentences = new ArrayList<>();
        List<Problem> impossible = new ArrayList<>();
        clusters(before.clusters(), after.clusters(), sentences, impossible);
        listeners(before.listeners(), after.listeners(), sentences);
        keys(before.identity(), after.identity()).forEach(key -> sentences.add("identity." + key));
        if (!before.administration().equals(after.administration())) {
            sentences.add("administration");
        }
        for (RecordComponent component : GatehouseConfig.class.getRecordComponents()) {
            if (!RELOADABLE.contains(component.getName())) {
                fixed(component, before, after, impossible);
            }
        }
        boolean whoIsWho = !before.identity().equals(after.identity()) || changesLogins(before, after);
        return new ConfigChanges(sentences, impossible, whoIsWho);
    }

    private static boolean changesLogins(GatehouseConfig before, GatehouseConfig after) {
        return before.listeners().stream()
                .anyMatch(runs -> after.listeners().stream()
                        .anyMatch(wanted -> wanted.name().equals(runs.name())
                                && !wanted.authentication().equals(runs.authentication())));
    }

    private static void fixed(
            RecordComponent component, GatehouseConfig before, GatehouseConfig after, List<Problem> impossible) {
        Object runs = RecordTrees.value(before, component);
        Object wanted = RecordTrees.value(after, component);
        if (runs instanceof Record one && wanted instanceof Record other) {
            keys(one, other)
                    .forEach(key -> impossible.add(
                            new Problem(Components.key(component) + "." + key, "has changed " + RESTART)));
        }
    }

    private static void clusters(
            List<ClusterConfig> before, List<ClusterConfig> after, List<String> sentences, List<Problem> impossible) {
        for (ClusterConfig runs : before) {
            if (after.stream().noneMatch(each -> each.name().equals(runs.name()))) {
                impossible.add(new Problem("clusters", "\"" + runs.name() + "\" is gone " + RESTART));
            }
        }
        for (int index = 0; index < after.size(); index++) {
            ClusterConfig wanted = after.get(index);
            String path = Paths.index("clusters", index);
            before.stream()
                    .filter(each -> each.name().equals(wanted.name()))
                    .findFirst()
                    .ifPresentOrElse(
                            runs -> keys(runs, wanted)
                                    .forEach(key ->
                                            impossible.add(new Problem(path + "." + key, "has changed " + RESTART))),
                            () -> sentences.add("cluster " + wanted.name() + ": added"));
        }
    }

    private static void listeners(List<ListenerConfig> before, List<ListenerConfig> after, List<String> sentences) {
        Function<ListenerConfig, String> name = ListenerConfig::name;
        var running = before.stream().collect(Collectors.toMap(name, each -> each));
        var wanted = after.stream().collect(Collectors.toMap(name, each -> each));
        for (String each : new TreeSet<>(running.keySet())) {
            if (!wanted.containsKey(each)) {
                sentences.add("listener " + each + ": removed");
                continue;
            }
            Set<String> keys = keys(running.get(each), wanted.get(each));
            if (!keys.isEmpty()) {
                sentences.add("listener " + each + ": " + String.join(", ", keys));
            }
        }
        new TreeSet<>(wanted.keySet())
                .stream()
                        .filter(each -> !running.containsKey(each))
                        .forEach(each -> sentences.add("listener " + each + ": added"));
    }

    /** The keys of which two records of one type hold different values, in alphabetical order. */
    public static Set<String> keys(Record before, Record after) {
        return Arrays.stream(before.getClass().getRecordComponents())
                .filter(component ->
                        !Objects.equals(RecordTrees.value(before, component), RecordTrees.value(after, component)))
                .map(Components::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
