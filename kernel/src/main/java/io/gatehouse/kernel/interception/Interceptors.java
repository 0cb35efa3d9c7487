/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.interception.ActiveInterceptor.Round;
import io.gatehouse.kernel.interception.InterceptorSet.Entry;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Interceptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the interceptors that are configured at work: creates what is new, keeps what is unchanged, retires what has gone, and publishes
 * the outcome as one immutable set.
 *
 * <p>Thread-safe: changes one at a time, reads by one volatile read.
 */
public final class Interceptors {

    private static final Logger log = LoggerFactory.getLogger(Interceptors.class);

    /** Older requests to subscribe again are forgotten, and count as meant for everybody. */
    private static final int MAX_ROUNDS = 64;

    private final InterceptorTypes types;
    private volatile InterceptorSet current = InterceptorSet.EMPTY;

    /** @param types asked again at every {@link #update} */
    public Interceptors(InterceptorTypes types) {
        this.types = types;
    }

    /** As it is now. */
    public InterceptorSet current() {
        return current;
    }

    /** Why configured interceptors cannot work, as sentences; none when all can. */
    public List<String> problems() {
        return current.entries().stream()
                .filter(entry -> entry.definition().enabled() && entry.problem() != null)
                .map(entry -> "interceptor " + entry.definition().name() + ": " + entry.problem())
                .toList();
    }

    /** Definitions or plugins have changed; no two virtual clusters are known to share a cluster. */
    public void update(List<InterceptorDefinition> definitions) {
        update(definitions, virtualCluster -> Optional.empty());
    }

    /**
     * Definitions or plugins have changed.
     *
     * @param clusterOf the cluster that backs a virtual cluster
     */
    public synchronized void update(
            List<InterceptorDefinition> definitions, Function<String, Optional<String>> clusterOf) {
        Map<String, Entry> before = new HashMap<>();
        current.entries().forEach(entry -> before.put(entry.definition().name(), entry));
        Map<String, Entry> decided = new HashMap<>();
        Conflicts conflicts = new Conflicts(types, clusterOf);
        for (InterceptorDefinition definition : conflicts.inOrder(definitions, before)) {
            Entry known = before.get(definition.name());
            Entry entry = conflicts
                    .with(definition)
                    .map(problem -> new Entry(definition, null, problem))
                    .orElseGet(() -> entry(definition, known));
            if (entry.active() != null) {
                conflicts.add(definition);
            }
            log(definition, known == null ? null : known.problem(), entry.problem());
            decided.put(definition.name(), entry);
            if (known != null && known.active() != null && known.active() == entry.active()) {
                before.remove(definition.name());
            }
        }
        List<Entry> entries = definitions.stream()
                .map(definition -> decided.get(definition.name()))
                .toList();
        current = new InterceptorSet(entries, roundsOf(entries), current.firstRound(), current.identityVersion());
        for (Entry gone : before.values()) {
            if (gone.active() != null) {
                gone.active().retire();
            }
        }
    }

    /**
     * Which of these definitions could not be beside others, by their names, and why. Those that work now, unchanged, are not in the way of others:
     * others are in theirs.
     *
     * @param clusterOf the cluster that backs a virtual cluster
     */
    public Map<String, String> conflicts(
            List<InterceptorDefinition> definitions, Function<String, Optional<String>> clusterOf) {
        Map<String, Entry> before = new HashMap<>();
        current.entries().forEach(entry -> before.put(entry.definition().name(), entry));
        Map<String, String> found = new LinkedHashMap<>();
        Conflicts conflicts = new Conflicts(types, clusterOf);
        for (InterceptorDefinition definition : conflicts.inOrder(definitions, before)) {
            conflicts
                    .with(definition)
                    .ifPresentOrElse(why -> found.put(definition.name(), why), () -> conflicts.add(definition));
        }
        return found;
    }

    private static void log(InterceptorDefinition definition, @Nullable String before, @Nullable String now) {
        if (now != null && !now.equals(before)) {
            log.error(
                    "interceptor {} cannot work, so connections in its scope ({}) are refused: {}",
                    definition.name(),
                    definition.scope(),
                    now);
        }
        if (now == null && before != null) {
            log.info("interceptor {} works", definition.name());
        }
    }

    /** Forgets what interceptors that have gone asked for: it would keep their plugin's classes. */
    private List<Round> roundsOf(List<Entry> entries) {
        return current.rounds().stream()
                .map(round ->
                        entries.stream().anyMatch(entry -> entry.active() == round.interceptor()) ? round : Round.GONE)
                .toList();
    }

    /** What users are resolved from has changed: every connection resolves its user again before its next request is forwarded. */
    public synchronized void identityChanged() {
        InterceptorSet now = current;
        current = new InterceptorSet(now.entries(), now.rounds(), now.firstRound(), now.identityVersion() + 1);
    }

    private Entry entry(InterceptorDefinition definition, @Nullable Entry known) {
        InterceptorTypes.Type type = types.find(definition.type()).orElse(null);
        if (type == null) {
            return new Entry(
                    definition, null, "type: " + definition.type() + " (expected: a type that a loaded plugin offers)");
        }
        if (known != null
                && known.active() != null
                && known.active().isOf(type)
                && known.definition().config().equals(definition.config())
                && known.definition().type().equals(definition.type())) {
            return new Entry(definition, known.active(), null);
        }
        Slot slot = new Slot();
        try {
            Interceptor created = type.create(definition.name(), definition.config(), slot);
            slot.interceptor = new ActiveInterceptor(definition.name(), created, type);
            return new Entry(definition, slot.interceptor, null);
        } catch (RuntimeException e) {
            return new Entry(definition, null, e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (Throwable e) {
            type.failed("create of interceptor " + definition.name(), e);
            return new Entry(definition, null, "could not be created: " + e);
        }
    }

    private synchronized void resubscribe(ActiveInterceptor interceptor, Predicate<User> users) {
        InterceptorSet now = current;
        if (now.entries().stream().noneMatch(entry -> entry.active() == interceptor)) {
            return;
        }
        List<Round> rounds = new ArrayList<>(now.rounds());
        rounds.add(new Round(interceptor, users));
        int forgotten = Math.max(0, rounds.size() - MAX_ROUNDS);
        current = new InterceptorSet(
                now.entries(),
                rounds.subList(forgotten, rounds.size()),
                now.firstRound() + forgotten,
                now.identityVersion());
    }

    /** Ties a resubscriber, which a factory gets before its interceptor exists, to the interceptor. */
    private final class Slot implements InterceptorTypes.Resubscriber {
        private volatile @Nullable ActiveInterceptor interceptor;

        @Override
        public void resubscribe(Predicate<User> users) {
            ActiveInterceptor target = interceptor;
            if (target != null) {
                Interceptors.this.resubscribe(target, users);
            }
        }
    }
}
