/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import io.gatehouse.kernel.identity.ByEntryConfig.Extraction;
import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.NotAdmittedException;
import io.gatehouse.spi.identity.PrincipalExtractor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The embedded extractor {@code by-entry}: for each authentication entry a claim or the identifier, then rules, then a prefix.
 *
 * <pre>
 * claim      rules                        prefix   identifier     claims                    principal
 *                                                  ann@acme       {}                        ann@acme
 *            RULE:^([^@]+)@acme$//U     corp-    ann@acme       {}                        corp-ANN
 *            RULE:^([^@]+)@acme$//U     corp-    ann@other      {}                        refused
 * user.id                                          7f3a           {"user": {"id": "ann"}}   ann
 * user.id                                          7f3a           {"user.id": "ann"}        ann
 * user.id                                          7f3a           {}                        refused
 * </pre>
 *
 * An authentication entry that nothing here is for is refused. Thread-safe; answers at once. Tested by {@code ByEntryExtractorTest}.
 */
public final class ByEntryExtractor implements PrincipalExtractor {

    /** Its name. */
    public static final String NAME = "by-entry";

    private final Map<Optional<String>, Steps> steps = new HashMap<>();

    /** @param rules empty for the text as it is */
    private record Steps(Extraction extraction, Optional<PrincipalRules> rules) {}

    public ByEntryExtractor(ByEntryConfig config) {
        for (Extraction entry : config.entries()) {
            Optional<PrincipalRules> rules =
                    entry.rules().isEmpty() ? Optional.empty() : Optional.of(PrincipalRules.of(entry.rules()));
            steps.put(entry.authentication(), new Steps(entry, rules));
        }
    }

    @Override
    public CompletionStage<String> extract(Authentication authentication) {
        try {
            return CompletableFuture.completedFuture(principal(authentication));
        } catch (NotAdmittedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String principal(Authentication authentication) {
        String name = authentication.name();
        Steps found = steps.getOrDefault(Optional.of(name), steps.get(Optional.<String>empty()));
        if (found == null) {
            throw new NotAdmittedException("authentication \"" + name
                    + "\" (expected: one that identity.principalExtractor.config.entries has something for)");
        }
        String text = found.extraction()
                .claim()
                .map(path -> claim(authentication.claims(), path)
                        .orElseThrow(() -> new NotAdmittedException("claim " + path + " of \""
                                + authentication.identifier() + "\": missing (expected: a text)")))
                .orElse(authentication.identifier());
        if (text.length() > UserResolver.LONGEST_PRINCIPAL) {
            throw new NotAdmittedException("a text of " + text.length() + " characters (expected: "
                    + UserResolver.LONGEST_PRINCIPAL + " or fewer)");
        }
        String yielded = found.rules()
                .map(rules -> rules.apply(text)
                        .orElseThrow(() -> new NotAdmittedException("\"" + text + "\" of authentication \"" + name
                                + "\" (expected: a text that one of its rules matches)")))
                .orElse(text);
        if (yielded.isBlank()) {
            throw new NotAdmittedException("\"" + text + "\" of authentication \"" + name + "\" yields \"" + yielded
                    + "\" (expected: at least one character)");
        }
        return found.extraction().prefix() + yielded;
    }

    /** First as one flat name, then part by part. */
    private static Optional<String> claim(Map<?, ?> claims, String path) {
        @Nullable Object flat = claims.get(path);
        if (flat != null) {
            return flat instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
        }
        int dot = path.indexOf('.');
        return dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, path.substring(dot + 1))
                : Optional.empty();
    }
}
