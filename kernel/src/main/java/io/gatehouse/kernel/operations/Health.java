/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.operations;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Whether the gateway lives and is ready, as the sum of named checks. A check yields a sentence why not, or nothing when all is well; it
 * is asked whenever somebody wants to know, so it must be quick. One that throws counts as not well. Thread-safe.
 */
public final class Health {

    /** What one check says when all is well. */
    public static final String UP = "UP";

    private final Map<String, Supplier<Optional<String>>> liveness = new ConcurrentHashMap<>();
    private final Map<String, Supplier<Optional<String>>> readiness = new ConcurrentHashMap<>();

    /**
     * The answer to one question.
     *
     * @param up whether all checks are well
     * @param checks by name, {@link #UP} or the sentence why not; ordered by name
     */
    public record Report(boolean up, Map<String, String> checks) {}

    /** Adds or replaces a check without which a restart is due. */
    public void addLiveness(String name, Supplier<Optional<String>> whyNot) {
        liveness.put(name, whyNot);
    }

    /** Adds or replaces a check without which no traffic should come. */
    public void addReadiness(String name, Supplier<Optional<String>> whyNot) {
        readiness.put(name, whyNot);
    }

    /** Removes a check of either sort; nothing happens when there is none. */
    public void remove(String name) {
        liveness.remove(name);
        readiness.remove(name);
    }

    /** Whether the process should go on. */
    public Report live() {
        return report(liveness);
    }

    /** Whether traffic should come. */
    public Report ready() {
        return report(readiness);
    }

    private static Report report(Map<String, Supplier<Optional<String>>> checks) {
        Map<String, String> answers = new TreeMap<>();
        checks.forEach((name, whyNot) -> answers.put(name, ask(whyNot)));
        boolean up = answers.values().stream().allMatch(UP::equals);
        return new Report(up, Collections.unmodifiableMap(answers));
    }

    private static String ask(Supplier<Optional<String>> whyNot) {
        try {
            return whyNot.get().orElse(UP);
        } catch (RuntimeException e) {
            return "the check failed: " + e;
        }
    }
}
