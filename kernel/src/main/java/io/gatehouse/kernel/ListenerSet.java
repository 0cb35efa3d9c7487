/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.Listeners;
import io.gatehouse.kernel.config.ConfigChanges;
import io.gatehouse.kernel.config.GatehouseConfig;
import io.gatehouse.kernel.config.ListenerConfig;
import io.gatehouse.kernel.config.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of the bootstrap file, and the ports that are bound for them. A reload keeps what has not changed: sockets stay bound,
 * connections open. Reads are thread-safe; changes come one at a time.
 */
final class ListenerSet {

    /** Who is connected is asked again, or goes on with the TLS that it has; other keys change where a connection leads. */
    private static final Set<String> FOLLOWED = Set.of("authentication", "tls", "certificates");

    private static final String CLIENT_AUTH = "ssl.client.auth";

    private final Listeners bound;
    private final Making making;
    private volatile Map<String, RunningListener> running = Map.of();

    /** What a listener is made with. */
    interface Making {
        /** @param before the same listener as it is now, if there is one */
        ConfiguredListener make(
                ListenerConfig config, String path, GatehouseConfig gateway, @Nullable ConfiguredListener before);
    }

    ListenerSet(Listeners bound, Making making) {
        this.bound = bound;
        this.making = making;
    }

    /** In the order of the bootstrap file. */
    List<ConfiguredListener> all() {
        return running.values().stream().map(RunningListener::now).toList();
    }

    /**
     * Makes and binds what a bootstrap file has.
     *
     * @throws io.gatehouse.kernel.config.ConfigException when TLS cannot work
     * @throws Listeners.BindFailedException when a port cannot be bound
     */
    Change stage(GatehouseConfig gateway) {
        Map<String, RunningListener> next = new LinkedHashMap<>();
        Map<RunningListener, ConfiguredListener> made = new LinkedHashMap<>();
        List<Listeners.Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < gateway.listeners().size(); i++) {
            ListenerConfig config = gateway.listeners().get(i);
            RunningListener known = running.get(config.name());
            ConfiguredListener before = known == null ? null : known.now();
            ConfiguredListener now = before != null && before.isAsIn(config, gateway)
                    ? before
                    : making.make(config, Paths.index("listeners", i), gateway, before);
            RunningListener listener =
                    known != null && !leadsElsewhere(known.now().config(), config) ? known : new RunningListener(now);
            next.put(config.name(), listener);
            made.put(listener, now);
            wanted.add(new Listeners.Wanted(listener, config.addresses(), now.ports()));
        }
        return new Change(next, made, bound.rebind(wanted));
    }

    /** No new connections; those that are open stay. */
    void close() {
        bound.close();
    }

    /** What becomes of the listeners, in two steps. */
    final class Change implements Staged {
        private final Map<String, RunningListener> next;
        private final Map<RunningListener, ConfiguredListener> made;
        private final Listeners.Rebinding rebinding;

        Change(
                Map<String, RunningListener> next,
                Map<RunningListener, ConfiguredListener> made,
                Listeners.Rebinding rebinding) {
            this.next = next;
            this.made = made;
            this.rebinding = rebinding;
        }

        /** To come before the authentication of now counts: where a connection leads must be of the same file as how it gets in. */
        Staged retirement() {
            return new Staged() {
                @Override
                public void commit() {
                    leaving().forEach(RunningListener::retire);
                }

                @Override
                public void discard() {}
            };
        }

        private List<RunningListener> leaving() {
            return running.values().stream()
                    .filter(listener -> !next.containsValue(listener))
                    .toList();
        }

        @Override
        public void commit() {
            List<RunningListener> leaving = leaving();
            made.forEach(RunningListener::become);
            rebinding.commit();
            running = next;
            leaving.forEach(listener -> bound.closeConnectionsOf(
                    listener, "listener " + listener.name() + " is another one after a reload"));
        }

        @Override
        public void discard() {
            rebinding.discard();
        }
    }

    /** Whether a connection that came by the one would not be the same by the other; else it stays. */
    private static boolean leadsElsewhere(ListenerConfig before, ListenerConfig after) {
        boolean otherTls = before.tls().isEmpty() != after.tls().isEmpty()
                || !clientAuth(before).equals(clientAuth(after));
        return otherTls || !FOLLOWED.containsAll(ConfigChanges.keys(before, after));
    }

    private static String clientAuth(ListenerConfig config) {
        return String.valueOf(config.tls().get(CLIENT_AUTH));
    }
}
