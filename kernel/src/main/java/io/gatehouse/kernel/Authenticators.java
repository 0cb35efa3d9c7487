/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.AuthenticationMethods;
import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.client.AuthenticationMethods.Lease;
import io.gatehouse.kernel.config.AuthenticationEntry;
import io.gatehouse.kernel.config.Binder;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.DelegatedConfig;
import io.gatehouse.kernel.config.Paths;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.identity.EntryFacts;
import io.gatehouse.kernel.plugins.ExtensionType;
import io.gatehouse.kernel.plugins.Hosted;
import io.gatehouse.kernel.plugins.LoadedExtension;
import io.gatehouse.kernel.plugins.PluginGeneration;
import io.gatehouse.kernel.plugins.PluginGuard;
import io.gatehouse.kernel.plugins.PluginSnapshot;
import io.gatehouse.spi.PluginContext;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The authenticators of all lists of authentication entries (of listeners, and of virtual clusters that have their own): created when a
 * list or a plugin changes, kept while neither does. Thread-safe: changes one at a time, reads by one volatile read.
 */
final class Authenticators {

    private final Runnable changed;
    private volatile Methods methods = new Methods(Map.of());
    private volatile List<Problem> problems = List.of();
    private Map<Key, Made> made = Map.of();

    /** One entry of one list. */
    private record Key(String owner, AuthenticationEntry entry) {}

    /** What an extension made of it. */
    private record Made(
            LoadedExtension<AuthenticatorFactory<?>> extension, Hosted<Authenticator> hosted, Authenticator guarded) {}

    /** The methods of all lists, by their owners. Immutable. */
    record Methods(Map<String, AuthenticationMethods> byOwner) {

        /** Those of a list; none when there is no such list. */
        AuthenticationMethods of(String owner) {
            return byOwner.getOrDefault(owner, new AuthenticationMethods(List.of()));
        }
    }

    /** What lists and plugins make, before it counts: to be applied or discarded. */
    record Prepared(Methods methods, Map<Key, Made> made, List<Problem> problems) {}

    /** One preparation. */
    private record Making(Binder binder, PluginSnapshot plugins, Map<Key, Made> kept, List<Problem> found) {}

    /** @param changed called when an authenticator says that what it decides by has changed */
    Authenticators(Runnable changed) {
        this.changed = changed;
    }

    /** The methods of a list; none when there is no such list. */
    AuthenticationMethods of(String owner) {
        return methods.of(owner);
    }

    /** The methods of all lists. */
    Methods current() {
        return methods;
    }

    /**
     * What authenticators offer of a capability, by the name of their entry. Calls are guarded and keep the authenticator alive; one to an
     * authenticator that has gone fails with {@link IllegalStateException}.
     */
    synchronized <T> Map<String, T> implementing(Class<T> capability) {
        Map<String, T> found = new TreeMap<>();
        made.forEach((key, each) -> {
            if (capability.isInstance(each.hosted().value())) {
                found.putIfAbsent(key.entry().name(), proxy(capability, each.hosted()));
            }
        });
        return found;
    }

    private static <T> T proxy(Class<T> capability, Hosted<Authenticator> hosted) {
        return capability.cast(Proxy.newProxyInstance(
                capability.getClassLoader(), new Class<?>[] {capability}, (self, method, arguments) -> {
                    if (!hosted.acquire()) {
                        throw new IllegalStateException("its plugin is being replaced");
                    }
                    ClassLoader before = hosted.guard().enter();
                    try {
                        return method.invoke(hosted.value(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        PluginGuard.exit(before);
                        hosted.release();
                    }
                }));
    }

    /** Whether the authentications of any entry may have groups; those of an entry that cannot work now may. */
    boolean yieldGroups() {
        return methods.byOwner().values().stream()
                .flatMap(list -> list.entries().stream())
                .anyMatch(entry ->
                        entry.authenticator() == null ? !entry.anonymous() : yieldsGroups(entry.authenticator()));
    }

    private static boolean yieldsGroups(Authenticator authenticator) {
        try {
            return authenticator.yieldsGroups();
        } catch (RuntimeException | LinkageError e) {
            return true;
        }
    }

    /** Why entries cannot work, each with the path of its list. */
    List<Problem> problems() {
        return problems;
    }

    /**
     * Makes what lists and plugins ask for; what there is already stays.
     *
     * @param binder binds what entries hold for plugins
     */
    synchronized Prepared prepare(List<AuthenticationList> lists, Binder binder, PluginSnapshot plugins) {
        Making making = new Making(binder, plugins, new HashMap<>(), new ArrayList<>());
        Map<String, AuthenticationMethods> next = new HashMap<>();
        for (AuthenticationList list : lists) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < list.entries().size(); i++) {
                entries.add(entry(list, i, making));
            }
            next.put(list.owner(), new AuthenticationMethods(List.copyOf(entries)));
        }
        return new Prepared(new Methods(Map.copyOf(next)), making.kept(), List.copyOf(making.found()));
    }

    /**
     * Makes it count.
     *
     * @return whether any authenticator came, was replaced or went
     */
    synchronized boolean apply(Prepared prepared) {
        Map<Key, Made> before = made;
        made = prepared.made();
        methods = prepared.methods();
        problems = prepared.problems();
        release(before, made);
        return !before.equals(made);
    }

    /** Lets go of what was made for it alone. */
    synchronized void discard(Prepared prepared) {
        release(prepared.made(), made);
    }

    private static void release(Map<Key, Made> all, Map<Key, Made> butThose) {
        all.forEach((key, each) -> {
            if (butThose.get(key) != each) {
                each.hosted().release();
            }
        });
    }

    private Entry entry(AuthenticationList list, int index, Making making) {
        List<AuthenticationEntry> entries = list.entries();
        AuthenticationEntry entry = entries.get(index);
        String path = Paths.index(list.path(), index);
        EntryFacts facts = new EntryFacts(entry.principalPrefix(), entry.groupPrefix(), entry.foreignPrefixes(entries));
        if (entry.isAnonymous()) {
            return new Entry(entry.name(), entry.type(), facts, null, Lease.NONE, true, false);
        }
        if (entry.isDelegated()) {
            return delegated(path, entry, facts, making);
        }
        Key key = new Key(list.owner(), entry);
        LoadedExtension<AuthenticatorFactory<?>> extension =
                making.plugins().find(ExtensionType.AUTHENTICATOR, entry.type()).orElse(null);
        Made known = made.get(key);
        Made now = known != null && known.extension() == extension ? known : create(path, entry, extension, making);
        if (now == null) {
            return new Entry(entry.name(), entry.type(), facts, null, Lease.NONE, false, false);
        }
        making.kept().put(key, now);
        boolean forwards = now.guarded() instanceof SaslAuthenticator sasl && sasl.forwardsToBroker();
        return new Entry(
                entry.name(), entry.type(), facts, now.guarded(), new HostedLease(now.hosted()), false, forwards);
    }

    private static Entry delegated(String path, AuthenticationEntry entry, EntryFacts facts, Making making) {
        List<Problem> found = making.found();
        var bound = making.binder()
                .bind(new TreeMap<>(entry.config()), DelegatedConfig.class, path, AuthenticationEntry.KEYS);
        found.addAll(bound.problems());
        DelegatedConfig config = bound.value();
        SaslAuthenticator authenticator = null;
        try {
            authenticator = config == null ? null : DelegatedAuthenticators.of(config, making.plugins());
        } catch (IllegalArgumentException e) {
            found.add(new Problem(path, e.getMessage()));
        }
        return new Entry(entry.name(), entry.type(), facts, authenticator, Lease.NONE, false, true);
    }

    private @Nullable Made create(
            String path,
            AuthenticationEntry entry,
            @Nullable LoadedExtension<AuthenticatorFactory<?>> extension,
            Making making) {
        List<Problem> found = making.found();
        if (extension == null) {
            List<String> offered =
                    new ArrayList<>(List.of(AuthenticationEntry.ANONYMOUS_TYPE, AuthenticationEntry.DELEGATED_TYPE));
            making.plugins().all(ExtensionType.AUTHENTICATOR).forEach(each -> offered.add(each.name()));
            found.add(new Problem(
                    path + ".type",
                    entry.type() + " (expected: a type that a loaded plugin offers; there are " + offered + ")"));
            return null;
        }
        if (!extension.generation().acquire()) {
            found.add(new Problem(path, "plugin " + extension.generation() + " is being replaced"));
            return null;
        }
        PluginGeneration generation = extension.generation();
        String what = "authenticator " + entry.name();
        try {
            Authenticator authenticator = generation
                    .guard()
                    .make(
                            what,
                            () -> create(path, entry, extension.extension(), generation.context(), making.binder()));
            return new Made(
                    extension,
                    new Hosted<>(authenticator, generation, what),
                    guarded(authenticator, generation.guard()));
        } catch (ConfigException e) {
            found.addAll(e.problems());
        } catch (IllegalArgumentException e) {
            found.add(new Problem(path, e.getMessage()));
        } catch (Throwable e) {
            generation.guard().failed("create of " + what, e);
            found.add(new Problem(path, "could not be created: " + e));
        }
        generation.release();
        return null;
    }

    private static Authenticator guarded(Authenticator authenticator, PluginGuard guard) {
        return authenticator instanceof SaslAuthenticator sasl
                ? new GuardedSasl(sasl, guard)
                : new GuardedTls((TlsAuthenticator) authenticator, guard);
    }

    private <C extends Record> Authenticator create(
            String path,
            AuthenticationEntry entry,
            AuthenticatorFactory<C> factory,
            PluginContext plugin,
            Binder binder) {
        C bound = binder.bind(new TreeMap<>(entry.config()), factory.configType(), path, AuthenticationEntry.KEYS)
                .orElseThrow("the configuration");
        return factory.create(bound, new Context(entry.name(), plugin, changed));
    }

    private record Context(String name, PluginContext plugin, Runnable onChange) implements AuthenticatorContext {
        @Override
        public void changed() {
            onChange.run();
        }
    }

    private record HostedLease(Hosted<Authenticator> hosted) implements Lease {
        @Override
        public boolean acquire() {
            return hosted.acquire();
        }

        @Override
        public void release() {
            hosted.release();
        }

        @Override
        public boolean isOfGeneration(Object generation) {
            return hosted.generation() == generation;
        }
    }
}
