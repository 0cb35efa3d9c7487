/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import io.gatehouse.kernel.interception.ActiveInterceptor.Round;
import io.gatehouse.spi.User;
import io.gatehouse.spi.interception.Question;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All interceptors as they are configured and loaded at one moment. Immutable; another moment is another object, so that a connection
 * sees with one comparison that something has changed.
 */
public final class InterceptorSet {

    static final InterceptorSet EMPTY = new InterceptorSet(List.of(), List.of(), 0, 0);

    private static final Comparator<Entry> ORDER = Comparator.comparingInt(
                    (Entry entry) -> entry.definition().priority())
            .thenComparing(entry -> entry.definition().name());

    private final List<Entry> entries;
    private final List<Round> rounds;
    private final long firstRound;
    private final long identityVersion;

    InterceptorSet(List<Entry> entries, List<Round> rounds, long firstRound, long identityVersion) {
        this.identityVersion = identityVersion;
        this.entries = List.copyOf(entries);
        this.rounds = List.copyOf(rounds);
        this.firstRound = firstRound;
    }

    /**
     * One definition.
     *
     * @param active null when it cannot work
     * @param problem why it cannot work; null when it can
     */
    record Entry(
            InterceptorDefinition definition,
            @Nullable ActiveInterceptor active,
            @Nullable String problem) {}

    /** Changes when users have to be resolved again: a mapping, an account, a group has changed. */
    public long identityVersion() {
        return identityVersion;
    }

    List<Entry> entries() {
        return entries;
    }

    List<Round> rounds() {
        return rounds;
    }

    /** One more than the number of the last request to subscribe again. */
    long nextRound() {
        return firstRound + rounds.size();
    }

    long firstRound() {
        return firstRound;
    }

    /** Whether a user's subscription to an interceptor, made when {@code since} was the next round, must be made again. */
    boolean mustResubscribe(ActiveInterceptor interceptor, User user, long since) {
        if (since < firstRound) {
            return true;
        }
        for (int i = (int) (since - firstRound); i < rounds.size(); i++) {
            Round round = rounds.get(i);
            if (round.isFor(interceptor) && round.includes(user)) {
                return true;
            }
        }
        return false;
    }

    /** Why a user cannot pass: an interceptor that applies to it cannot work. */
    public Optional<String> problem(User user) {
        return choose(user).stream()
                .filter(entry -> entry.active() == null)
                .map(entry -> "interceptor " + entry.definition().name() + ": " + entry.problem())
                .findFirst();
    }

    /** The interceptors that apply to a user, from the client to the broker, by design section 6. */
    List<Entry> choose(User user) {
        Map<String, List<Entry>> byPolicy = new HashMap<>();
        for (Entry entry : entries) {
            if (entry.definition().scope().matches(user)) {
                byPolicy.computeIfAbsent(entry.definition().policy(), policy -> new ArrayList<>())
                        .add(entry);
            }
        }
        List<Entry> chosen = new ArrayList<>();
        for (List<Entry> candidates : byPolicy.values()) {
            int highest = highestRank(candidates);
            candidates.stream()
                    .filter(entry -> entry.definition().scope().rank() == highest)
                    .filter(entry -> entry.definition().enabled())
                    .forEach(chosen::add);
        }
        chosen.sort(ORDER);
        return chosen;
    }

    /** The most specific; but a final one forbids those that are narrower. */
    private static int highestRank(List<Entry> candidates) {
        int broadestFinal = candidates.stream()
                .filter(entry -> entry.definition().isFinal())
                .mapToInt(entry -> entry.definition().scope().rank())
                .min()
                .orElse(Integer.MAX_VALUE);
        return candidates.stream()
                .mapToInt(entry -> entry.definition().scope().rank())
                .filter(rank -> rank <= broadestFinal)
                .max()
                .orElse(0);
    }

    /**
     * What is said about one definition to somebody who asks for a user.
     *
     * @param applies whether it is in the user's chain
     * @param reason why, or why not, in a sentence
     * @param problem why it cannot work; null when it can
     */
    public record Explained(
            InterceptorDefinition definition,
            boolean applies,
            String reason,
            @Nullable String problem) {}

    /** All definitions for a user: those that apply in the order of the chain, then the others by name. */
    public List<Explained> explain(User user) {
        List<Entry> chosen = choose(user);
        List<Explained> explained = new ArrayList<>();
        chosen.forEach(entry -> explained.add(new Explained(
                entry.definition(),
                true,
                "scope " + entry.definition().scope() + " is the most specific of policy "
                        + entry.definition().policy(),
                entry.problem())));
        entries.stream()
                .filter(entry -> !chosen.contains(entry))
                .sorted(Comparator.comparing(entry -> entry.definition().name()))
                .forEach(entry ->
                        explained.add(new Explained(entry.definition(), false, whyNot(entry, user), entry.problem())));
        return explained;
    }

    private String whyNot(Entry entry, User user) {
        InterceptorDefinition definition = entry.definition();
        if (!definition.scope().matches(user)) {
            return "scope " + definition.scope() + " does not match";
        }
        List<Entry> rivals = entries.stream()
                .filter(other -> other.definition().policy().equals(definition.policy()))
                .filter(other -> other.definition().scope().matches(user))
                .toList();
        int highest = highestRank(rivals);
        if (definition.scope().rank() == highest) {
            return "enabled is false";
        }
        String winners = rivals.stream()
                .filter(other -> other.definition().scope().rank() == highest)
                .map(other -> other.definition().name())
                .sorted()
                .collect(Collectors.joining(", "));
        return definition.scope().rank() > highest
                ? winners + " of the same policy is final and broader"
                : winners + " of the same policy is more specific";
    }

    /** What an interceptor that applies says to a request; empty when it has no opinion. */
    public Optional<String> opinion(String name, User user, Question question) {
        return entries.stream()
                .filter(entry -> entry.definition().name().equals(name) && entry.active() != null)
                .findFirst()
                .flatMap(entry -> entry.active().explain(user, question));
    }
}
