/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.AuthenticationChecks;
import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.Paths;
import io.gatehouse.kernel.config.Suggestions;
import io.gatehouse.kernel.resources.ResourceProblem.Effect;
import io.gatehouse.kernel.resources.Snapshot.Held;
import io.gatehouse.spi.User;
import io.gatehouse.spi.resources.ResourceKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What resources refer to must be there. A resource that refers to nothing stays in force: whoever depends on it is refused where it is
 * used, while dropping it could open what it closes.
 */
final class ReferenceChecks {

    /** The path of a scope's group. */
    static final String SCOPE_GROUP = "spec.scope.group";

    private final Map<String, SortedMap<String, Held>> resources;
    private final References references;
    private final List<ResourceProblem> problems = new ArrayList<>();

    private ReferenceChecks(Map<String, SortedMap<String, Held>> resources, References references) {
        this.resources = resources;
        this.references = references;
    }

    /**
     * Looks at everything that refers to something.
     *
     * @param groupsFromElsewhere whether users may be in groups that no resource names
     * @param kinds by name; those of the resources that are held
     */
    static List<ResourceProblem> check(
            Map<String, SortedMap<String, Held>> resources,
            References references,
            boolean groupsFromElsewhere,
            Map<String, ResourceKind<?>> kinds) {
        ReferenceChecks checks = new ReferenceChecks(resources, references);
        checks.ofKind(KernelKinds.VIRTUAL_CLUSTER.kind()).values().forEach(checks::virtualCluster);
        checks.ofKind(KernelKinds.USER_MAPPING.kind()).values().forEach(checks::userMapping);
        checks.ofKind(KernelKinds.INTERCEPTOR.kind()).values().forEach(checks::interceptor);
        if (!groupsFromElsewhere && references.userMappingStore().equals(References.RESOURCES)) {
            checks.groups();
        }
        kinds.values().stream()
                .filter(kind -> !KernelKinds.NAMES.contains(kind.kind()))
                .sorted(Comparator.comparing(ResourceKind::kind))
                .forEach(checks::plugins);
        checks.routes();
        return checks.problems;
    }

    private SortedMap<String, Held> ofKind(String kind) {
        return resources.getOrDefault(kind, new TreeMap<>());
    }

    private void virtualCluster(Held held) {
        VirtualClusterSpec spec = (VirtualClusterSpec) held.resource().spec();
        String kind = KernelKinds.VIRTUAL_CLUSTER.kind();
        Boolean allowsAnonymous = references.clusters().get(spec.cluster());
        if (allowsAnonymous == null) {
            missing(
                    held,
                    kind,
                    "spec.cluster",
                    spec.cluster(),
                    "cluster",
                    references.clusters().keySet());
        }
        spec.label()
                .filter(references.clusterLabels()::contains)
                .ifPresent(
                        label -> problems.add(
                                reported(
                                        held,
                                        kind,
                                        "spec.label",
                                        "\"" + label
                                                + "\" is a listener's route.sni.clusterLabel, which goes first (expected: another label)")));
        Optional<String> closed = Optional.of(spec.cluster()).filter(name -> Boolean.FALSE.equals(allowsAnonymous));
        spec.authentication()
                .map(entries -> AuthenticationChecks.check(entries, "spec.authentication", closed))
                .orElse(List.of())
                .forEach(problem -> problems.add(reported(held, kind, problem.path(), problem.message())));
    }

    private void userMapping(Held held) {
        UserMappingSpec spec = (UserMappingSpec) held.resource().spec();
        String kind = KernelKinds.USER_MAPPING.kind();
        String store = references.userMappingStore();
        if (!store.equals(References.RESOURCES)) {
            problems.add(reported(
                    held,
                    kind,
                    "",
                    "nobody looks at it (expected: a mapping in " + store
                            + ", which is what identity.userMapping.store says)"));
        }
        spec.virtualCluster()
                .filter(name -> !name.equals(User.PASSTHROUGH))
                .ifPresent(name -> requireVirtualCluster(held, kind, "spec.virtualCluster", name));
        Set<String> authentications = new HashSet<>(references.authentications());
        ofKind(KernelKinds.VIRTUAL_CLUSTER.kind()).values().stream()
                .flatMap(virtualCluster -> ((VirtualClusterSpec)
                                virtualCluster.resource().spec())
                        .authentication().orElse(List.of()).stream())
                .map(AuthenticationEntry::name)
                .forEach(authentications::add);
        spec.authentication()
                .filter(name -> !authentications.contains(name))
                .ifPresent(name ->
                        missing(held, kind, "spec.authentication", name, "authentication entry", authentications));
    }

    private void interceptor(Held held) {
        Scope scope = ((InterceptorSpec) held.resource().spec()).scope();
        scope.virtualCluster()
                .filter(name -> !name.equals(User.PASSTHROUGH))
                .ifPresent(name ->
                        requireVirtualCluster(held, KernelKinds.INTERCEPTOR.kind(), "spec.scope.virtualCluster", name));
    }

    private void groups() {
        Set<String> known = new HashSet<>(ofKind(KernelKinds.GROUP.kind()).keySet());
        ofKind(KernelKinds.USER_MAPPING.kind())
                .values()
                .forEach(held -> known.addAll(((UserMappingSpec) held.resource().spec()).groups()));
        ofKind(KernelKinds.INTERCEPTOR.kind())
                .values()
                .forEach(held -> ((InterceptorSpec) held.resource().spec())
                        .scope()
                        .group()
                        .filter(name -> !known.contains(name))
                        .ifPresent(name ->
                                missing(held, KernelKinds.INTERCEPTOR.kind(), SCOPE_GROUP, name, "group", known)));
    }

    private <S extends Record> void plugins(ResourceKind<S> kind) {
        for (Held held : ofKind(kind.kind()).values()) {
            try {
                S spec = kind.specType().cast(held.resource().spec());
                kind.references(held.resource().name(), spec).forEach(each -> plugins(held, kind.kind(), each));
            } catch (RuntimeException | LinkageError e) {
                // Only the class: a plugin's message may quote a secret of the spec.
                problems.add(reported(
                        held,
                        kind.kind(),
                        "spec",
                        "what it refers to is unknown: " + e.getClass().getName()));
            }
        }
    }

    private void plugins(Held held, String kind, ResourceKind.Reference reference) {
        String path = Paths.key("spec", reference.path());
        if (reference.kind().equals(KernelKinds.VIRTUAL_CLUSTER.kind())) {
            if (!reference.name().equals(User.PASSTHROUGH)) {
                requireVirtualCluster(held, kind, path, reference.name());
            }
            return;
        }
        Set<String> known = ofKind(reference.kind()).keySet();
        if (!known.contains(reference.name())) {
            missing(held, kind, path, reference.name(), reference.kind(), known);
        }
    }

    private void routes() {
        Set<String> known = ofKind(KernelKinds.VIRTUAL_CLUSTER.kind()).keySet();
        references.virtualClusters().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .forEach(name -> problems.add(new ResourceProblem(
                        "",
                        KernelKinds.VIRTUAL_CLUSTER.kind(),
                        name,
                        "",
                        "missing (expected: this resource, as a listener's route names it)",
                        Effect.REPORTED)));
    }

    private void requireVirtualCluster(Held held, String kind, String path, String name) {
        Set<String> known = ofKind(KernelKinds.VIRTUAL_CLUSTER.kind()).keySet();
        if (!known.contains(name)) {
            missing(held, kind, path, name, "virtual cluster", known);
        }
    }

    private void missing(Held held, String kind, String path, String name, String what, Set<String> known) {
        String hint = Suggestions.nearest(name, known)
                .map(near -> "did you mean `" + near + "`?")
                .orElse(
                        known.isEmpty()
                                ? "there is none"
                                : "expected: one of " + String.join(", ", new TreeSet<>(known)));
        problems.add(reported(held, kind, path, "\"" + name + "\" is no " + what + " (" + hint + ")"));
    }

    private static ResourceProblem reported(Held held, String kind, String path, String message) {
        return new ResourceProblem(held.origin(), kind, held.resource().name(), path, message, Effect.REPORTED);
    }
}
