/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.client.AuthenticationMethods.Entry;
import io.gatehouse.kernel.client.AuthenticationMethods.Lease;
import io.gatehouse.kernel.identity.EntryFacts;
import io.gatehouse.spi.authentication.Authenticator;
import io.gatehouse.spi.authentication.TlsAuthenticator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthenticationMethodsTest {

    private static final Authenticator ANY = (TlsAuthenticator) (certificates, connection) -> {
        throw new UnsupportedOperationException("not asked");
    };
    private static final Entry ANONYMOUS = entry("anonymous", EntryFacts.PLAIN, null, true, false);
    private static final Entry MTLS = entry("mtls", EntryFacts.PLAIN, ANY, false, false);

    private static Entry entry(
            String type, EntryFacts facts, @Nullable Authenticator authenticator, boolean anonymous, boolean relays) {
        return new Entry("main", type, facts, authenticator, Lease.NONE, anonymous, relays);
    }

    @Test
    void whoHasAuthenticatedGoesOnByTheSameMethodWithOtherPrefixes() {
        Entry prefixed = entry("mtls", new EntryFacts("partner:", "", Set.of()), ANY, false, false);

        assertThat(prefixed.continues(MTLS)).isTrue();
    }

    @Test
    void anotherMethodUnderTheSameNameEndsTheSession() {
        assertThat(entry("oauth", EntryFacts.PLAIN, ANY, false, false).continues(MTLS))
                .isFalse();
        assertThat(ANONYMOUS.continues(MTLS)).isFalse();
        assertThat(MTLS.continues(ANONYMOUS)).isFalse();
    }

    @Test
    void whetherClientsAuthenticateAtTheirBrokerTooMustNotChange() {
        assertThat(entry("mtls", EntryFacts.PLAIN, ANY, false, true).continues(MTLS))
                .isFalse();
    }

    @Test
    void whileThePluginIsAwayWhoRelaysIsNotKnownAndSessionsGoOn() {
        Entry relaying = entry("oauth", EntryFacts.PLAIN, ANY, false, true);
        Entry away = entry("oauth", EntryFacts.PLAIN, null, false, false);

        assertThat(away.continues(relaying)).isTrue();
    }

    @Test
    void whatIsSuspendedLetsNobodyInAndSaysThatItMayPass() {
        AuthenticationMethods suspended = new AuthenticationMethods(List.of(ANONYMOUS, MTLS)).suspended();

        assertThat(suspended.anonymous()).isEmpty();
        assertThat(suspended.tls()).isEmpty();
        assertThat(suspended.mechanisms()).isEmpty();
        assertThat(suspended.missing()).map(Entry::type).contains("mtls");
    }
}
