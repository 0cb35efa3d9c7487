/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.Bound;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.config.RecordTrees;
import io.gatehouse.kernel.config.Suggestions;
import io.gatehouse.kernel.resources.Resources.State;
import io.gatehouse.spi.User;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Issue;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceOutcome.Result;
import io.gatehouse.spi.resources.ResourceStore.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds out what edits come to, and everything that speaks against them. One use, one thread. */
final class ChangePlanner {

    private static final Binder BINDER = new Binder();
    private static final String SPEC = "spec";
    private static final String STATUS = "status";

    private final State state;
    private final OfferedTypes offered;
    private final ResourceSecrets secrets;
    private final WriteOptions options;
    private final List<Issue> issues = new ArrayList<>();
    private final List<Issue> unknownKinds = new ArrayList<>();

    ChangePlanner(State state, OfferedTypes offered, ResourceSecrets secrets, WriteOptions options) {
        this.state = state;
        this.offered = offered;
        this.secrets = secrets;
        this.options = options;
    }

    /**
     * Plans all edits.
     *
     * @throws ResourceException when a precondition does not hold, or one of them is not valid by itself
     */
    List<PlannedChange> plan(List<? extends ResourceEdit> edits) {
        List<PlannedChange> planned = new ArrayList<>();
        for (ResourceEdit edit : edits) {
            if (planned.stream().anyMatch(other -> other.concerns(edit.kind(), edit.name()))) {
                issues.add(issue(edit, "", "changed twice at once (expected: one change of a resource at a time)"));
                continue;
            }
            plan(edit).ifPresent(planned::add);
        }
        Reason reason = issues.isEmpty() ? Reason.UNKNOWN_KIND : Reason.INVALID;
        issues.addAll(unknownKinds);
        if (!issues.isEmpty()) {
            throw new ResourceException(reason, issues);
        }
        return planned;
    }

    private Optional<PlannedChange> plan(ResourceEdit edit) {
        List<Document> documents = find(state, edit.kind(), edit.name());
        if (documents.size() > 1) {
            issues.add(issue(
                    edit,
                    "",
                    "stands in " + documents.get(0).origin() + " and "
                            + documents.get(1).origin() + " (expected: one; remove the other by hand)"));
            return Optional.empty();
        }
        Optional<Document> stored = documents.stream().findFirst();
        requirePrecondition(edit, stored.map(Document::version));
        if (edit instanceof ResourceEdit.Put put) {
            return put(put, stored);
        }
        Result result = stored.isPresent() ? Result.DELETED : Result.UNCHANGED;
        return Optional.of(new PlannedChange(edit, stored, Optional.empty(), result, List.of()));
    }

    static List<Document> find(State state, String kind, String name) {
        return state.content().documents().stream()
                .filter(document -> kind.equals(document.tree().get("kind")))
                .filter(document -> document.tree().get("metadata") instanceof Map<?, ?> metadata
                        && name.equals(metadata.get("name")))
                .toList();
    }

    private static void requirePrecondition(ResourceEdit edit, Optional<String> version) {
        Precondition wanted = edit.precondition();
        if (wanted.absent() && version.isPresent()) {
            throw conflict(edit, "is there with version " + version.get() + " (expected: none)");
        }
        if (wanted.version().isPresent() && !wanted.version().equals(version)) {
            throw conflict(
                    edit,
                    version.map(now -> "has version " + now).orElse("is not there") + " (expected: version "
                            + wanted.version().get() + ")");
        }
    }

    private static ResourceException conflict(ResourceEdit edit, String message) {
        return new ResourceException(Reason.CONFLICT, List.of(issue(edit, "", message)));
    }

    private static Issue issue(ResourceEdit edit, String path, String message) {
        return new Issue(edit.kind(), edit.name(), path, message);
    }

    private Optional<PlannedChange> put(ResourceEdit.Put edit, Optional<Document> stored) {
        int before = issues.size();
        Map<String, Object> tree = new LinkedHashMap<>(edit.tree());
        tree.remove(STATUS);
        Bound<Envelope> envelope = BINDER.bind(tree, Envelope.class, "");
        if (envelope.value() == null) {
            add(edit, envelope.problems());
            return Optional.empty();
        }
        requireIdentity(edit, envelope.value());
        ResourceKind<?> kind = state.kinds().get(edit.kind());
        if (kind == null) {
            unknownKinds.add(
                    issue(edit, "kind", unknownKind(edit.kind(), state.kinds().keySet())));
            return Optional.empty();
        }
        List<Problem> problems = new ArrayList<>();
        Map<String, Object> restored =
                secrets.restore(tree, stored.map(Document::tree).orElse(null), kind, problems);
        add(edit, problems);
        if (issues.size() > before) {
            return Optional.empty();
        }
        return spec(edit, restored, stored, kind);
    }

    static String unknownKind(String kind, Set<String> known) {
        return "kind " + kind + " is offered by no loaded plugin"
                + Suggestions.nearest(kind, known)
                        .map(near -> " (did you mean `" + near + "`?)")
                        .orElse(" (expected: one of "
                                + String.join(", ", known.stream().sorted().toList()) + ")");
    }

    private void requireIdentity(ResourceEdit.Put edit, Envelope envelope) {
        if (!envelope.kind().equals(edit.kind())) {
            issues.add(issue(edit, "kind", "\"" + envelope.kind() + "\" (expected: " + edit.kind() + ")"));
        }
        if (!envelope.metadata().name().equals(edit.name())) {
            issues.add(issue(
                    edit, "metadata.name", "\"" + envelope.metadata().name() + "\" (expected: " + edit.name() + ")"));
        }
    }

    private <S extends Record> Optional<PlannedChange> spec(
            ResourceEdit.Put edit, Map<String, Object> tree, Optional<Document> stored, ResourceKind<S> kind) {
        Object specTree = tree.getOrDefault(SPEC, Map.of());
        List<Problem> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Map<String, Object> changed = tree;
        try {
            Bound<S> bound = BINDER.bind(specTree, kind.specType(), SPEC);
            problems.addAll(bound.problems());
            S spec = bound.value();
            if (spec != null) {
                kind.validate(edit.name(), spec).forEach(problem -> problems.add(SnapshotBuilder.specProblem(problem)));
                typeProblems(spec, problems, warnings);
            }
            if (spec != null && problems.isEmpty()) {
                S before = stored.map(document -> document.tree().get(SPEC))
                        .map(each -> BINDER.bind(each, kind.specType(), SPEC).value())
                        .orElse(null);
                changed = beforeStoring(edit, tree, specTree, spec, before, kind, problems);
            }
        } catch (RuntimeException | LinkageError e) {
            // Only the class: a plugin's message may quote a secret of the spec.
            problems.add(new Problem(SPEC, "validation threw " + e.getClass().getName()));
        }
        add(edit, problems);
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PlannedChange(edit, stored, Optional.of(changed), result(stored, changed), warnings));
    }

    private static <S extends Record> Map<String, Object> beforeStoring(
            ResourceEdit.Put edit,
            Map<String, Object> tree,
            Object specTree,
            S spec,
            @Nullable S before,
            ResourceKind<S> kind,
            List<Problem> problems) {
        try {
            S storing = kind.beforeStoring(edit.name(), spec, Optional.ofNullable(before));
            return storing.equals(spec) ? tree : withSpec(tree, specTree, spec, storing);
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(SPEC, e.getMessage()));
            return tree;
        }
    }

    private static <S extends Record> Map<String, Object> withSpec(
            Map<String, Object> tree, Object specTree, S spec, S storing) {
        Map<String, Object> changed = new LinkedHashMap<>(tree);
        Map<String, Object> written = new LinkedHashMap<>();
        ((Map<?, ?>) specTree).forEach((key, value) -> written.put(String.valueOf(key), value));
        changed.put(SPEC, RecordTrees.withChanges(written, spec, storing));
        return changed;
    }

    private static Result result(Optional<Document> stored, Map<String, Object> tree) {
        if (stored.isEmpty()) {
            return Result.CREATED;
        }
        return stored.get().tree().equals(tree) ? Result.UNCHANGED : Result.UPDATED;
    }

    private void add(ResourceEdit edit, List<Problem> problems) {
        problems.forEach(problem -> issues.add(issue(edit, problem.path(), problem.message())));
    }

    // ---- types that plugins offer

    private void typeProblems(Record spec, List<Problem> problems, List<String> warnings) {
        for (NamedType named : NamedType.of(spec)) {
            offered.configOf(named.type(), named.name())
                    .ifPresentOrElse(
                            configType -> problems.addAll(
                                    BINDER.bind(named.config(), configType, named.configPath(), named.otherKeys())
                                            .problems()),
                            () -> pending(named, problems, warnings));
        }
    }

    private void pending(NamedType named, List<Problem> problems, List<String> warnings) {
        String message = "\"" + named.name() + "\" is offered by no loaded plugin";
        if (options.allowPending()) {
            warnings.add(named.path() + ".type: " + message + "; pending until one does");
            return;
        }
        Set<String> names = offered.names(named.type());
        problems.add(new Problem(
                named.path() + ".type",
                message + " ("
                        + Suggestions.nearest(named.name(), names)
                                .map(near -> "did you mean `" + near + "`?")
                                .orElse("expected: "
                                        + (names.isEmpty()
                                                ? "none is offered now"
                                                : "one of " + String.join(", ", new TreeSet<>(names))))
                        + "; allowPending stores it all the same)"));
    }

    // ---- what others say

    /** The documents that there will be. */
    List<Document> documentsAfter(List<PlannedChange> planned) {
        List<Document> documents = new ArrayList<>(state.content().documents());
        for (PlannedChange change : planned) {
            change.stored().ifPresent(documents::remove);
            change.tree()
                    .ifPresent(tree -> documents.add(
                            new Document(change.stored().map(Document::origin).orElse("new"), "new", tree)));
        }
        return documents;
    }

    /**
     * Checks what there will be.
     *
     * @throws ResourceException when one of the changed resources would not be in force, or others would refer to what is not there
     */
    void check(List<PlannedChange> planned, Snapshot after) {
        List<Issue> own = new ArrayList<>();
        List<Issue> others = new ArrayList<>();
        for (ResourceProblem problem : problemsOf(after)) {
            Issue issue = new Issue(problem.kind(), problem.name(), problem.path(), problem.message());
            Optional<PlannedChange> change = planned.stream()
                    .filter(each -> each.concerns(problem.kind(), problem.name()))
                    .findFirst();
            if (change.isPresent() && !change.get().deletes()) {
                own.add(issue);
            } else if (change.isPresent()
                    ? change.get().stored().isPresent()
                    : isNew(problem) && !mayBe(problem, planned)) {
                others.add(issue);
            }
        }
        if (!own.isEmpty()) {
            throw new ResourceException(Reason.INVALID, own);
        }
        if (!others.isEmpty()) {
            throw new ResourceException(Reason.REFERENCED, others);
        }
    }

    private List<ResourceProblem> problemsOf(Snapshot snapshot) {
        List<ResourceProblem> problems = new ArrayList<>(snapshot.problems());
        problems.addAll(InterceptorConflicts.in(snapshot, offered));
        return problems;
    }

    /** A mapping that was the last of its group may go: nobody is left whom the scope is for. Not so the group itself. */
    private static boolean mayBe(ResourceProblem problem, List<PlannedChange> planned) {
        return problem.path().equals(ReferenceChecks.SCOPE_GROUP)
                && planned.stream()
                        .noneMatch(change ->
                                change.deletes() && change.edit().kind().equals(KernelKinds.GROUP.kind()));
    }

    /** The message may list other names than before. */
    private boolean isNew(ResourceProblem problem) {
        return problemsOf(state.snapshot()).stream()
                .noneMatch(before -> before.kind().equals(problem.kind())
                        && before.name().equals(problem.name())
                        && before.path().equals(problem.path())
                        && before.origin().equals(problem.origin()));
    }

    /** Adds what may not be meant although nothing speaks against it. */
    static List<String> warnings(PlannedChange change, Snapshot after) {
        List<String> warnings = new ArrayList<>(change.warnings());
        after.find(change.edit().kind(), change.edit().name())
                .map(held -> held.resource().spec())
                .ifPresent(spec -> {
                    if (spec instanceof InterceptorSpec interceptor) {
                        interceptor
                                .scope()
                                .username()
                                .filter(name -> isUnknown(name, after))
                                .ifPresent(name -> warnings.add("spec.scope.username: \"" + name
                                        + "\" is named by no mapping, group or account; it may be a principal"));
                        interceptor
                                .scope()
                                .group()
                                .filter(name -> isUnknownGroup(name, after))
                                .ifPresent(name -> warnings.add("spec.scope.group: \"" + name
                                        + "\" is no Group and in no mapping; an authentication may yield it"));
                    }
                });
        return warnings;
    }

    private static boolean isUnknownGroup(String group, Snapshot after) {
        return after.find(KernelKinds.GROUP.kind(), group).isEmpty()
                && after.ofKind(KernelKinds.USER_MAPPING.kind()).values().stream()
                        .map(held -> (UserMappingSpec) held.resource().spec())
                        .noneMatch(mapping -> mapping.groups().contains(group));
    }

    private static boolean isUnknown(String username, Snapshot after) {
        boolean mapped = after.mappings().entrySet().stream()
                .anyMatch(entry -> username.equals(
                        entry.getValue().username().orElse(entry.getKey().principal())));
        return !mapped
                && !after.groups().containsKey(username)
                && after.find("Account", username).isEmpty()
                && !username.equals(User.ANONYMOUS);
    }
}
