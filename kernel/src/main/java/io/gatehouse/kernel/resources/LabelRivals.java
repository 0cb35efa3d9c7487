/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.resources.ResourceProblem.Effect;
import io.gatehouse.kernel.resources.Snapshot.Held;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Two virtual clusters with one label contradict each other: clients would come to one of them by chance. The one that had the label keeps it, and
 * the other stays as it was; where neither had it, neither is in force.
 */
final class LabelRivals {

    private static final String KIND = KernelKinds.VIRTUAL_CLUSTER.kind();

    private final SortedMap<String, Held> virtualClusters;
    private final Snapshot previous;
    private final List<ResourceProblem> problems = new ArrayList<>();

    private LabelRivals(SortedMap<String, Held> virtualClusters, Snapshot previous) {
        this.virtualClusters = virtualClusters;
        this.previous = previous;
    }

    /** Takes out, or sets back, what must not be in force. */
    static List<ResourceProblem> refuse(SortedMap<String, Held> virtualClusters, Snapshot previous) {
        LabelRivals rivals = new LabelRivals(virtualClusters, previous);
        // One that is set back takes its old label again, which somebody else may have taken meanwhile.
        for (List<Held> found = rivals.next(); !found.isEmpty(); found = rivals.next()) {
            rivals.refuse(found);
        }
        return rivals.problems;
    }

    private List<Held> next() {
        Map<String, List<Held>> byLabel = new LinkedHashMap<>();
        virtualClusters
                .values()
                .forEach(held -> label(held)
                        .ifPresent(label -> byLabel.computeIfAbsent(label, key -> new ArrayList<>())
                                .add(held)));
        return byLabel.values().stream()
                .filter(held -> held.size() > 1)
                .findFirst()
                .orElse(List.of());
    }

    private void refuse(List<Held> rivals) {
        List<Held> incumbents = rivals.stream()
                .filter(held -> before(held)
                        .filter(earlier -> label(earlier).equals(label(held)))
                        .isPresent())
                .toList();
        for (Held held : rivals) {
            if (incumbents.size() == 1 && incumbents.contains(held)) {
                continue;
            }
            Held other =
                    rivals.stream().filter(rival -> rival != held).findFirst().orElseThrow();
            Optional<Held> kept = before(held).filter(earlier -> !label(earlier).equals(label(held)));
            String name = held.resource().name();
            if (kept.isPresent()) {
                virtualClusters.put(name, kept.get());
            } else {
                virtualClusters.remove(name);
            }
            problems.add(new ResourceProblem(
                    held.origin(),
                    KIND,
                    name,
                    "spec.label",
                    "\"" + label(held).orElseThrow() + "\" is also the label of "
                            + other.resource().name() + " in " + other.origin() + " (expected: a label of its own)",
                    kept.isPresent() ? Effect.KEPT : Effect.ABSENT));
        }
    }

    private Optional<Held> before(Held held) {
        return previous.find(KIND, held.resource().name());
    }

    private static Optional<String> label(Held held) {
        return ((VirtualClusterSpec) held.resource().spec()).label();
    }
}
