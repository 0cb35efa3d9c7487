/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import io.gatehouse.kernel.identity.EntryFacts;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.SaslAuthenticator;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries under {@code authentication} of a listener as they are now. Immutable; a connection uses the one that is current when it
 * authenticates.
 *
 * @param entries in the configured order
 */
public record AuthenticationMethods(List<Entry> entries) {

    private static final Logger log = LoggerFactory.getLogger(AuthenticationMethods.class);

    /**
     * One entry.
     *
     * @param authenticator null for {@code anonymous}, and for a type that no loaded plugin offers
     * @param lease keeps the authenticator alive during an exchange
     * @param anonymous whether it is the kernel's {@code anonymous}
     * @param relays whether clients authenticate at their broker too, and have their own rights there
     */
    public record Entry(
            String name,
            String type,
            EntryFacts facts,
            @Nullable Authenticator authenticator,
            Lease lease,
            boolean anonymous,
            boolean relays) {

        /** Whether it offers a mechanism. */
        boolean offers(String mechanism) {
            return authenticator instanceof SaslAuthenticator sasl
                    && sasl.mechanisms().contains(mechanism);
        }

        /**
         * Whether who has authenticated by an earlier one of the name may go on by this one: the method is the same. While the plugin of a
         * method is away it is not known whether clients authenticate at their broker too.
         */
        boolean continues(Entry earlier) {
            boolean known = authenticator != null || anonymous;
            return type.equals(earlier.type) && anonymous == earlier.anonymous && (!known || relays == earlier.relays);
        }

        /** What it is called and what it means for users, and nothing that belongs to a plugin. */
        Entry withoutAuthenticator() {
            return new Entry(name, type, facts, null, Lease.NONE, anonymous, relays);
        }
    }

    /** A use of something that may be replaced meanwhile. */
    public interface Lease {

        /** For what is never replaced. */
        Lease NONE = new Lease() {
            @Override
            public boolean acquire() {
                return true;
            }

            @Override
            public void release() {}
        };

        /** One more use; false when it is gone already. */
        boolean acquire();

        /** One use less. */
        void release();

        /** Whether what it keeps alive is of that generation of a plugin. */
        default boolean isOfGeneration(Object generation) {
            return false;
        }
    }

    /** The same while nobody may authenticate: as if the plugins of all of them were away. */
    public AuthenticationMethods suspended() {
        return new AuthenticationMethods(entries.stream()
                .filter(entry -> !entry.anonymous())
                .map(Entry::withoutAuthenticator)
                .toList());
    }

    /** The entry of that name. */
    Optional<Entry> named(String name) {
        return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The mechanisms that are offered. */
    Set<String> mechanisms() {
        return mechanisms(null);
    }

    /** The mechanisms that are offered when a broker offers these; null when it is not known what it offers. */
    Set<String> mechanisms(@Nullable Collection<String> offeredByBroker) {
        Set<String> mechanisms = new TreeSet<>();
        for (Entry entry : entries) {
            if (entry.authenticator() instanceof SaslAuthenticator sasl) {
                Set<String> offered = new TreeSet<>(sasl.mechanisms());
                if (sasl instanceof DelegatedAuthenticator && offeredByBroker != null) {
                    offered.retainAll(offeredByBroker);
                }
                mechanisms.addAll(offered);
            }
        }
        return mechanisms;
    }

    /** The first entry that offers a mechanism. */
    Optional<Entry> offering(String mechanism) {
        return entries.stream().filter(entry -> entry.offers(mechanism)).findFirst();
    }

    /**
     * The first of the entries that offer a mechanism for which a client's first message is, such as a token by its issuer; empty when none
     * says so.
     */
    Optional<Entry> meantBy(String mechanism, byte[] message) {
        List<Entry> offering =
                entries.stream().filter(entry -> entry.offers(mechanism)).toList();
        if (offering.size() == 1) {
            return Optional.of(offering.get(0));
        }
        return offering.stream()
                .filter(entry -> isMeantBy(entry, mechanism, message))
                .findFirst();
    }

    private static boolean isMeantBy(Entry entry, String mechanism, byte[] message) {
        if (!entry.lease().acquire()) {
            return false;
        }
        try {
            return ((SaslAuthenticator) entry.authenticator()).isFor(mechanism, message);
        } catch (RuntimeException | LinkageError e) {
            log.debug("authenticator {} failed to say whether a message is for it", entry.name(), e);
            return false;
        } finally {
            entry.lease().release();
        }
    }

    /** The first entry that authenticates by the TLS handshake, if there is one. */
    Optional<Entry> tls() {
        return entries.stream()
                .filter(entry -> entry.authenticator() instanceof TlsAuthenticator)
                .findFirst();
    }

    /** The entry for connections without authentication, if there is one. */
    Optional<Entry> anonymous() {
        return entries.stream().filter(Entry::anonymous).findFirst();
    }

    /** The first entry whose type no loaded plugin offers. */
    Optional<Entry> missing() {
        return entries.stream()
                .filter(entry -> entry.authenticator() == null && !entry.anonymous())
                .findFirst();
    }
}
