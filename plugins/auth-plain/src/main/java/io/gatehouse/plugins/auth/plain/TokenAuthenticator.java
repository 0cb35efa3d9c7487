/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.authentication.AuthenticatorContext;
import io.gatehouse.spi.operations.IssuedToken;
import io.gatehouse.spi.operations.UserTokens;
import io.gatehouse.spi.resources.Precondition;
import io.gatehouse.spi.resources.ResourceChange;
import io.gatehouse.spi.resources.ResourceEditor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A {@link PlainAuthenticator} with tokens: only such a one is a {@link UserTokens}. */
final class TokenAuthenticator extends PlainAuthenticator implements UserTokens {

    private final Tokens tokens;
    private final ResourceEditor<Account> editor;

    /** @param config one that has tokens */
    TokenAuthenticator(PlainConfig config, AuthenticatorContext context, LoginMeters meters) {
        super(config, context, meters);
        this.tokens = tokens().orElseThrow();
        this.editor = context.plugin().resourceEditor(AccountKind.class);
    }

    @Override
    public IssuedToken issue(String username, Duration lifetime) {
        return tokens.issue(username, lifetime);
    }

    @Override
    public CompletionStage<Instant> revoke(String username, String actor) {
        KnownAccount account = tokens.revocable(username);
        Instant since = tokens.revocation();
        ResourceChange<Account> change = new ResourceChange.Put<>(
                username,
                account.spec().withTokens(AccountTokens.since(since)),
                Precondition.version(account.resource().version()));
        return editor.change(List.of(change), actor).thenApply(outcomes -> since);
    }
}
