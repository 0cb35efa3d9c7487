/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.PrincipalExtractor;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what an extractor has yielded, for one that is remote: users of live connections are resolved again at every change of a mapping, and
 * that must not ask it for each of them. Only principals are kept, never failures; the authentication that was not asked for longest goes first
 * when there are too many. Thread-safe.
 */
public final class CachingExtractor implements PrincipalExtractor {

    private final PrincipalExtractor extractor;
    private final long timeNanos;
    private final Map<Authentication, Kept> principals;

    private record Kept(String principal, long nanos) {}

    /**
     * @param time how long a principal is kept
     * @param size how many are kept
     */
    public CachingExtractor(PrincipalExtractor extractor, Duration time, int size) {
        this.extractor = extractor;
        this.timeNanos = time.toNanos();
        this.principals = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Authentication, Kept> eldest) {
                return size() > size;
            }
        };
    }

    @Override
    public CompletionStage<String> extract(Authentication authentication) {
        Kept kept = kept(authentication);
        if (kept != null && System.nanoTime() - kept.nanos() < timeNanos) {
            return CompletableFuture.completedFuture(kept.principal());
        }
        return extractor.extract(authentication).thenApply(principal -> {
            keep(authentication, principal);
            return principal;
        });
    }

    private synchronized @Nullable Kept kept(Authentication authentication) {
        return principals.get(authentication);
    }

    private synchronized void keep(Authentication authentication, @Nullable String principal) {
        if (principal != null) {
            principals.put(authentication, new Kept(principal, System.nanoTime()));
        }
    }

    @Override
    public void close() {
        extractor.close();
    }
}
