/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.resources.Resource;
import io.gatehouse.spi.resources.ResourceView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/** The accounts as they are now, and what they have in common. Thread-safe; reads are from memory. */
final class Accounts {

    private final ResourceView<Account> view;
    private final int cost;
    private final int iterations;
    private final Map<String, KnownAccount> known = new ConcurrentHashMap<>();
    private volatile @Nullable Costs costs;

    /** Among hashes that stand where placeholders say: never less than it was, as a refusal that is too slow says nothing. */
    private final AtomicInteger highestResolved = new AtomicInteger();

    /**
     * What verifiers of the accounts cost.
     *
     * @param highest bcrypt's
     * @param iterations of each SCRAM mechanism, ascending, one for each account that has a verifier
     */
    private record Costs(int highest, Map<ScramMechanism, List<Integer>> iterations) {}

    /**
     * @param cost the bcrypt cost of passwords in clear text
     * @param iterations the SCRAM iterations of passwords in clear text
     */
    Accounts(ResourceView<Account> view, int cost, int iterations) {
        this.view = view;
        this.cost = cost;
        this.iterations = iterations;
    }

    /** The account of that name, enabled or not. */
    Optional<KnownAccount> find(String name) {
        Optional<Resource<Account>> resource = view.get(name);
        if (resource.isEmpty()) {
            return Optional.empty();
        }
        KnownAccount before = known.get(name);
        if (before != null && before.resource().equals(resource.get())) {
            return Optional.of(before);
        }
        KnownAccount now = new KnownAccount(resource.get());
        known.put(name, now);
        return Optional.of(now);
    }

    /** The account of that name, if it may connect. */
    Optional<KnownAccount> usable(String name) {
        return find(name).filter(account -> account.spec().enabled());
    }

    /** Whether nothing about an account has changed since it was found, and it may connect. */
    boolean isCurrent(KnownAccount account) {
        return account.spec().enabled()
                && view.get(account.name()).filter(account.resource()::equals).isPresent();
    }

    /**
     * Calls a listener with the name of each account that has changed, come or gone, after that counts here.
     *
     * @return ends the watch
     */
    AutoCloseable watch(Consumer<String> listener) {
        return view.watch(name -> {
            if (view.get(name).isEmpty()) {
                known.remove(name);
            }
            costs = null;
            listener.accept(name);
        });
    }

    /** The highest bcrypt cost of any account whose hash is known, or of passwords in clear text if that is higher. */
    int highestCost() {
        return Math.max(costs().highest(), highestResolved.get());
    }

    /** A placeholder has turned out to stand for a hash of that cost. */
    void resolved(int bcryptCost) {
        highestResolved.accumulateAndGet(bcryptCost, Math::max);
    }

    /**
     * An iteration count that an account might have, so that one that does not exist looks like the others: each as often as accounts
     * have it.
     *
     * @param place from 0 on and below 1: which of them
     */
    int iterations(ScramMechanism mechanism, double place) {
        List<Integer> inUse = costs().iterations().getOrDefault(mechanism, List.of());
        return inUse.isEmpty() ? iterations : inUse.get((int) (place * inUse.size()));
    }

    private Costs costs() {
        Costs found = costs;
        if (found == null) {
            found = costs(view.list());
            costs = found;
        }
        return found;
    }

    private Costs costs(Collection<Resource<Account>> accounts) {
        int highest = cost;
        Map<ScramMechanism, List<Integer>> inUse = new EnumMap<>(ScramMechanism.class);
        for (Resource<Account> account : accounts) {
            String password = account.spec().password();
            boolean hash = password != null && PasswordHash.isOne(password);
            if (hash) {
                highest = Math.max(highest, PasswordHash.cost(password));
            }
            for (ScramMechanism mechanism : ScramMechanism.values()) {
                String verifier = account.spec().scram().get(mechanism.mechanismName());
                if (verifier != null) {
                    add(
                            inUse,
                            mechanism,
                            ScramVerifier.parse(mechanism.mechanismName(), verifier)
                                    .iterations());
                } else if (password != null && !hash) {
                    add(inUse, mechanism, iterations);
                }
            }
        }
        inUse.values().forEach(Collections::sort);
        return new Costs(highest, inUse);
    }

    private static void add(Map<ScramMechanism, List<Integer>> inUse, ScramMechanism mechanism, int count) {
        inUse.computeIfAbsent(mechanism, key -> new ArrayList<>()).add(count);
    }
}
