/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Paths;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.config.Suggestions;
import io.gatehouse.kernel.resources.ResourceProblem.Effect;
import io.gatehouse.kernel.resources.Snapshot.Doubt;
import io.gatehouse.kernel.resources.Snapshot.Held;
import io.gatehouse.kernel.resources.Snapshot.MappingKey;
import io.gatehouse.spi.identity.UserMapping;
import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceStore.Content;
import io.gatehouse.spi.resources.ResourceStore.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Makes a snapshot of what a store holds: one use, one thread. */
final class SnapshotBuilder {

    private static final Binder BINDER = new Binder();
    private static final String USER_MAPPING = KernelKinds.USER_MAPPING.kind();

    private final Map<String, ResourceKind<?>> kinds;
    private final References references;
    private final boolean groupsFromElsewhere;
    private final Snapshot previous;
    private final Map<String, SortedMap<String, Held>> resources = new HashMap<>();
    private final List<ResourceProblem> problems = new ArrayList<>();
    private final Set<String> doubtfulPrincipals = new HashSet<>();
    private boolean everybodyDoubtful;

    SnapshotBuilder(
            Map<String, ResourceKind<?>> kinds, References references, boolean groupsFromElsewhere, Snapshot previous) {
        this.kinds = kinds;
        this.references = references;
        this.groupsFromElsewhere = groupsFromElsewhere;
        this.previous = previous;
    }

    /** A document with what could be read of its head, however wrong the rest is. */
    private record Candidate(Document document, String kind, String name) {
        static Candidate of(Document document) {
            Object metadata = document.tree().get("metadata");
            Object name = metadata instanceof Map<?, ?> map ? map.get("name") : null;
            return new Candidate(document, text(document.tree().get("kind")), text(name));
        }

        private static String text(Object value) {
            return value instanceof String text ? text : "";
        }

        boolean identified() {
            return !kind.isEmpty() && !name.isEmpty();
        }
    }

    /**
     * Builds the snapshot.
     *
     * @param everythingSeen whether the store has been readable as a whole at least once: what it cannot read now it keeps as it was
     */
    Snapshot build(Content content, boolean everythingSeen) {
        everybodyDoubtful = !everythingSeen;
        content.problems()
                .forEach(sentence -> problems.add(new ResourceProblem("", "", "", "", sentence, Effect.REPORTED)));
        Map<List<String>, List<Candidate>> byIdentity = new LinkedHashMap<>();
        for (Document document : content.documents()) {
            Candidate candidate = Candidate.of(document);
            if (candidate.identified()) {
                byIdentity
                        .computeIfAbsent(List.of(candidate.kind(), candidate.name()), key -> new ArrayList<>())
                        .add(candidate);
                continue;
            }
            refuse(candidate, envelope(candidate).problems());
        }
        byIdentity.values().forEach(this::resource);
        refuseSecondMappings();
        problems.addAll(LabelRivals.refuse(
                resources.computeIfAbsent(KernelKinds.VIRTUAL_CLUSTER.kind(), kind -> new TreeMap<>()), previous));
        problems.addAll(ReferenceChecks.check(resources, references, groupsFromElsewhere, kinds));
        return new Snapshot(
                Map.copyOf(resources),
                mappings(),
                ruleMappings(),
                groups(GroupSpec::members),
                groups(GroupSpec::externalGroups),
                new Doubt(everybodyDoubtful, Set.copyOf(doubtfulPrincipals)),
                List.copyOf(problems));
    }

    private void resource(List<Candidate> candidates) {
        Candidate candidate = candidates.get(0);
        if (candidates.size() > 1) {
            for (Candidate again : candidates.subList(1, candidates.size())) {
                refuse(
                        again,
                        List.of(new Problem(
                                "",
                                "also in " + candidate.document().origin()
                                        + " (expected: one resource of that kind and name)")));
            }
            return;
        }
        Bound<Envelope> envelope = envelope(candidate);
        if (envelope.value() == null) {
            refuse(candidate, envelope.problems());
            return;
        }
        ResourceKind<?> kind = kinds.get(candidate.kind());
        if (kind == null) {
            unknownKind(candidate);
            return;
        }
        spec(candidate, envelope.value(), kind);
    }

    private static Bound<Envelope> envelope(Candidate candidate) {
        return BINDER.bind(candidate.document().tree(), Envelope.class, "");
    }

    private <S extends Record> void spec(Candidate candidate, Envelope envelope, ResourceKind<S> kind) {
        List<Problem> found = new ArrayList<>();
        try {
            Bound<S> spec = BINDER.bind(envelope.spec(), kind.specType(), "spec");
            if (spec.value() == null) {
                found.addAll(spec.problems());
            } else {
                kind.validate(candidate.name(), spec.value()).forEach(problem -> found.add(specProblem(problem)));
            }
            if (found.isEmpty()) {
                String version = candidate.document().version();
                hold(
                        candidate,
                        new Held(
                                new Resource<>(candidate.name(), version, spec.value()),
                                candidate.document().origin()));
                return;
            }
        } catch (RuntimeException | LinkageError e) {
            // Only the class: a plugin's message may quote a secret of the spec.
            found.add(new Problem("spec", "validation threw " + e.getClass().getName()));
        }
        refuse(candidate, found);
    }

    static Problem specProblem(ResourceKind.Problem problem) {
        return new Problem(problem.path().isEmpty() ? "spec" : Paths.key("spec", problem.path()), problem.message());
    }

    private void hold(Candidate candidate, Held held) {
        resources.computeIfAbsent(candidate.kind(), kind -> new TreeMap<>()).put(candidate.name(), held);
    }

    private void unknownKind(Candidate candidate) {
        String hint = Suggestions.nearest(candidate.kind(), kinds.keySet())
                .map(near -> "; did you mean `" + near + "`?")
                .orElse("");
        problems.add(problem(
                candidate,
                new Problem("kind", "kind " + candidate.kind() + " is offered by no loaded plugin" + hint),
                Effect.WAITING));
        doubt(candidate);
    }

    /** Reports a document, and keeps the last valid version of its resource if there is one. */
    private void refuse(Candidate candidate, Collection<Problem> found) {
        Optional<Held> kept = previous.find(candidate.kind(), candidate.name()).filter(held -> fits(candidate, held));
        kept.ifPresent(held -> hold(candidate, held));
        Effect effect = kept.isPresent() ? Effect.KEPT : Effect.ABSENT;
        found.forEach(problem -> problems.add(problem(candidate, problem, effect)));
        if (kept.isEmpty()) {
            doubt(candidate);
        }
    }

    private boolean fits(Candidate candidate, Held held) {
        ResourceKind<?> kind = kinds.get(candidate.kind());
        return kind != null && kind.specType().isInstance(held.resource().spec());
    }

    private static ResourceProblem problem(Candidate candidate, Problem problem, Effect effect) {
        return new ResourceProblem(
                candidate.document().origin(),
                candidate.kind(),
                candidate.name(),
                problem.path(),
                problem.message(),
                effect);
    }

    /** A document that may be meant as a user mapping and is not in force: nobody may count as unmapped because of it. */
    private void doubt(Candidate candidate) {
        boolean maybeMapping = candidate.kind().isEmpty()
                || Suggestions.nearest(candidate.kind(), Set.of(USER_MAPPING)).isPresent();
        if (!maybeMapping) {
            return;
        }
        Object spec = candidate.document().tree().get("spec");
        if (spec instanceof Map<?, ?> map && map.get("principal") instanceof String principal) {
            doubtfulPrincipals.add(principal);
            return;
        }
        everybodyDoubtful = true;
    }

    /** Two mappings for one principal contradict each other: the one that was in force stays, else none is. */
    private void refuseSecondMappings() {
        Map<MappingKey, List<Held>> byKey = new LinkedHashMap<>();
        exactMappings()
                .forEach(held -> byKey.computeIfAbsent(key(held), key -> new ArrayList<>())
                        .add(held));
        byKey.forEach((key, rivals) -> {
            if (rivals.size() > 1) {
                refuseRivals(key, rivals);
            }
        });
    }

    private void refuseRivals(MappingKey key, List<Held> rivals) {
        List<Held> incumbents = rivals.stream()
                .filter(held -> previous.find(USER_MAPPING, held.resource().name())
                        .filter(before -> isExact(before) && key(before).equals(key))
                        .isPresent())
                .toList();
        for (Held held : rivals) {
            if (incumbents.size() == 1 && incumbents.contains(held)) {
                continue;
            }
            Held other =
                    rivals.stream().filter(rival -> rival != held).findFirst().orElseThrow();
            String name = held.resource().name();
            mappingResources().remove(name);
            if (incumbents.size() != 1) {
                doubtfulPrincipals.add(key.principal());
            }
            problems.add(new ResourceProblem(
                    held.origin(),
                    USER_MAPPING,
                    name,
                    "spec.principal",
                    "\"" + key.principal() + "\" is also mapped by "
                            + other.resource().name() + " in " + other.origin()
                            + " (expected: one mapping per principal and authentication)",
                    Effect.ABSENT));
        }
    }

    private SortedMap<String, Held> mappingResources() {
        return resources.computeIfAbsent(USER_MAPPING, kind -> new TreeMap<>());
    }

    private List<Held> exactMappings() {
        return mappingResources().values().stream()
                .filter(SnapshotBuilder::isExact)
                .toList();
    }

    private static boolean isExact(Held held) {
        return ((UserMappingSpec) held.resource().spec()).principal().isPresent();
    }

    private static MappingKey key(Held held) {
        UserMappingSpec spec = (UserMappingSpec) held.resource().spec();
        return new MappingKey(spec.principal().orElseThrow(), spec.authentication());
    }

    private Map<MappingKey, UserMapping> mappings() {
        Map<MappingKey, UserMapping> mappings = new HashMap<>();
        for (Held held : exactMappings()) {
            UserMappingSpec spec = (UserMappingSpec) held.resource().spec();
            mappings.put(
                    key(held),
                    new UserMapping(
                            held.resource().name(),
                            spec.username(),
                            spec.virtualCluster(),
                            spec.groups(),
                            spec.deny()));
        }
        return Map.copyOf(mappings);
    }

    private List<RuleMapping> ruleMappings() {
        return mappingResources().values().stream()
                .filter(held -> !isExact(held))
                .map(held -> RuleMapping.of(held.resource().name(), (UserMappingSpec)
                        held.resource().spec()))
                .sorted(RuleMapping.ORDER)
                .toList();
    }

    private Map<String, Set<String>> groups(Function<GroupSpec, Set<String>> listed) {
        Map<String, Set<String>> groups = new HashMap<>();
        SortedMap<String, Held> held = resources.getOrDefault(KernelKinds.GROUP.kind(), new TreeMap<>());
        held.forEach((name, group) -> listed.apply((GroupSpec) group.resource().spec())
                .forEach(member ->
                        groups.computeIfAbsent(member, key -> new TreeSet<>()).add(name)));
        return Map.copyOf(groups);
    }
}
