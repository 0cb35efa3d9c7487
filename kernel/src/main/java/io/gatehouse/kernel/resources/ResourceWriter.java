/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.kernel.resources.Resources.State;
import io.gatehouse.spi.resources.ResourceException;
import io.gatehouse.spi.resources.ResourceException.Reason;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceOutcome;
import io.gatehouse.spi.resources.ResourceOutcome.Result;
import io.gatehouse.spi.resources.ResourceStore;
import io.gatehouse.spi.resources.ResourceStore.Document;
import io.gatehouse.spi.resources.ResourceStore.Write;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads and changes resources of all kinds on behalf of operators and plugins: what HTTP API and {@code ResourceEditor} have in common.
 * Changes are made one after the other on a thread of their own. Thread-safe.
 */
public final class ResourceWriter implements AutoCloseable {

    /** How often a change is planned anew because others changed the store in between. */
    private static final int ATTEMPTS = 20;

    private static final int WAITING = 10_000;
    private static final String UNKNOWN = "";

    private final Resources resources;
    private final OfferedTypes offered;
    private final ResourceSecrets secrets;
    private final ResourceAudit audit;
    private final ExecutorService executor =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                Thread thread = new Thread(task, "resources-writer");
                thread.setDaemon(true);
                // Whoever asks first may be a plugin, whose class loader this thread would inherit and keep.
                thread.setContextClassLoader(ResourceWriter.class.getClassLoader());
                return thread;
            });

    public ResourceWriter(Resources resources, OfferedTypes offered, ResourceAudit audit) {
        this.resources = resources;
        this.offered = offered;
        this.secrets = new ResourceSecrets(offered);
        this.audit = audit;
    }

    /** The kinds that are registered now, ordered by name. */
    public List<ResourceKind<?>> kinds() {
        return resources.state().kinds().values().stream()
                .sorted(Comparator.comparing(ResourceKind::kind))
                .toList();
    }

    /** The resources of a kind as they are stored, ordered by name; those of a kind that nobody offers too. */
    public List<StoredResource> list(String kind) {
        State state = resources.state();
        return state.content().documents().stream()
                .filter(document -> kind.equals(document.tree().get("kind")))
                .filter(document -> !name(document).equals(UNKNOWN))
                .map(document -> stored(document, state))
                .sorted(Comparator.comparing(StoredResource::name))
                .toList();
    }

    /** One resource as it is stored. */
    public Optional<StoredResource> get(String kind, String name) {
        State state = resources.state();
        return ChangePlanner.find(state, kind, name).stream().findFirst().map(document -> stored(document, state));
    }

    private StoredResource stored(Document document, State state) {
        String kind = String.valueOf(document.tree().get("kind"));
        String name = name(document);
        List<String> problems = new ArrayList<>();
        state.snapshot().problems().stream()
                .filter(problem -> problem.kind().equals(kind) && problem.name().equals(name))
                .map(problem -> new ResourceProblem("", "", "", problem.path(), problem.message(), problem.effect()))
                .forEach(problem -> problems.add(problem.toString()));
        problems.addAll(pending(state, kind, name));
        return new StoredResource(
                kind,
                name,
                document.version(),
                document.origin(),
                secrets.mask(document.tree(), state.kinds().get(kind)),
                problems);
    }

    private List<String> pending(State state, String kind, String name) {
        return state.snapshot().find(kind, name).stream()
                .flatMap(held -> NamedType.of(held.resource().spec()).stream())
                .filter(named -> named.isPending(offered))
                .map(NamedType::pendingSentence)
                .toList();
    }

    /** What waits for a plugin although nothing else is wrong with it, each a sentence. */
    public List<String> pending() {
        State state = resources.state();
        return state.snapshot().resources().entrySet().stream()
                .flatMap(kind -> kind.getValue().entrySet().stream()
                        .flatMap(held -> pending(state, kind.getKey(), held.getKey()).stream()
                                .map(sentence -> held.getValue().origin() + " " + kind.getKey() + "/" + held.getKey()
                                        + " " + sentence)))
                .sorted()
                .toList();
    }

    private static String name(Document document) {
        return document.tree().get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get("name") instanceof String name
                ? name
                : UNKNOWN;
    }

    /**
     * Makes changes: all of them, or none. When the stage completes, views show what was changed.
     *
     * @return fails with {@link ResourceException}
     */
    public CompletionStage<List<ResourceOutcome>> write(List<? extends ResourceEdit> edits, WriteOptions options) {
        CompletableFuture<List<ResourceOutcome>> done = new CompletableFuture<>();
        List<ResourceEdit> copy = List.copyOf(edits);
        try {
            executor.execute(() -> {
                try {
                    done.complete(change(copy, options));
                } catch (ResourceException e) {
                    done.completeExceptionally(e);
                } catch (RuntimeException | LinkageError e) {
                    done.completeExceptionally(
                            new ResourceException(Reason.UNAVAILABLE, "the resource store failed: " + e));
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new ResourceException(
                    Reason.UNAVAILABLE,
                    "too many changes wait, or the gateway stops (expected: to be asked again later)"));
        }
        return done;
    }

    private List<ResourceOutcome> change(List<ResourceEdit> edits, WriteOptions options) {
        ResourceStore store = resources.store();
        Optional<String> readOnly = store.readOnly();
        if (!options.dryRun() && readOnly.isPresent()) {
            throw new ResourceException(Reason.READ_ONLY, readOnly.get());
        }
        for (int attempt = 1; ; attempt++) {
            State state = resources.state();
            ChangePlanner planner = new ChangePlanner(state, offered, secrets, options);
            List<PlannedChange> planned = planner.plan(edits);
            Snapshot after = resources.candidate(state, planner.documentsAfter(planned));
            planner.check(planned, after);
            List<PlannedChange> changes = planned.stream()
                    .map(each -> new PlannedChange(
                            each.edit(),
                            each.stored(),
                            each.tree(),
                            each.result(),
                            ChangePlanner.warnings(each, after)))
                    .toList();
            if (options.dryRun()) {
                return changes.stream()
                        .map(each -> each.outcome(Optional.empty()))
                        .toList();
            }
            try {
                store(store, changes);
            } catch (ResourceException e) {
                if (e.reason() == Reason.CONFLICT && attempt < ATTEMPTS) {
                    continue;
                }
                throw e;
            }
            return told(changes, options);
        }
    }

    private static void store(ResourceStore store, List<PlannedChange> changes) {
        List<Write> writes = changes.stream()
                .filter(each -> each.result() != Result.UNCHANGED)
                .map(PlannedChange::write)
                .toList();
        if (writes.isEmpty()) {
            return;
        }
        try {
            store.write(writes);
        } catch (UncheckedIOException e) {
            throw new ResourceException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private List<ResourceOutcome> told(List<PlannedChange> changes, WriteOptions options) {
        State now = resources.state();
        List<ResourceOutcome> outcomes = new ArrayList<>();
        for (PlannedChange change : changes) {
            ResourceKind<?> kind = now.kinds().get(change.edit().kind());
            Optional<Document> document = ChangePlanner.find(
                            now, change.edit().kind(), change.edit().name())
                    .stream()
                    .findFirst();
            ResourceOutcome outcome = change.outcome(document.map(Document::version));
            outcomes.add(outcome);
            if (change.result() != Result.UNCHANGED) {
                audit.changed(
                        options.actor(),
                        outcome,
                        change.stored()
                                .map(each -> secrets.mask(each.tree(), kind))
                                .orElse(null),
                        change.tree().map(each -> secrets.mask(each, kind)).orElse(null));
            }
        }
        return List.copyOf(outcomes);
    }

    /** What waits is refused; what is under way finishes. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
