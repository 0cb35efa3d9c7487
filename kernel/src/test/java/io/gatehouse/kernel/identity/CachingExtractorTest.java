/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.authentication.Authentication;
import io.gatehouse.spi.identity.PrincipalExtractor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CachingExtractorTest {

    private final AtomicInteger asked = new AtomicInteger();
    private boolean fails;
    private final PrincipalExtractor remote = authentication -> fails
            ? CompletableFuture.failedFuture(new IllegalStateException("away"))
            : CompletableFuture.completedFuture(authentication.identifier() + asked.incrementAndGet());

    private static String extract(CachingExtractor extractor, Authentication authentication) {
        return extractor
                .extract(authentication)
                .toCompletableFuture()
                .exceptionally(failure -> "refused")
                .join();
    }

    private static Authentication token(String subject, String id) {
        return Authentication.of("OAUTHBEARER", subject)
                .claims(Map.of("jti", id))
                .build();
    }

    @Test
    void theSameAuthenticationIsAskedForOnceAndAnotherAgain() {
        CachingExtractor extractor = new CachingExtractor(remote, Duration.ofMinutes(1), 10);

        assertThat(extract(extractor, token("a", "1"))).isEqualTo("a1");
        assertThat(extract(extractor, token("a", "1"))).isEqualTo("a1");
        assertThat(extract(extractor, token("a", "2"))).isEqualTo("a2");
    }

    @Test
    void whatIsKeptIsUsedWhileTheRemoteIsAwayAndAFailureIsNeverKept() {
        CachingExtractor extractor = new CachingExtractor(remote, Duration.ofMinutes(1), 10);
        extract(extractor, token("a", "1"));

        fails = true;
        assertThat(extract(extractor, token("a", "1"))).isEqualTo("a1");
        assertThat(extract(extractor, token("b", "1"))).isEqualTo("refused");

        fails = false;
        assertThat(extract(extractor, token("b", "1"))).isEqualTo("b2");
    }

    @Test
    void itIsBoundedInTimeAndSize() {
        CachingExtractor old = new CachingExtractor(remote, Duration.ofNanos(1), 10);
        assertThat(extract(old, token("a", "1"))).isEqualTo("a1");
        assertThat(extract(old, token("a", "1"))).isEqualTo("a2");

        CachingExtractor small = new CachingExtractor(remote, Duration.ofMinutes(1), 2);
        extract(small, token("x", "1"));
        extract(small, token("y", "1"));
        extract(small, token("z", "1"));
        assertThat(extract(small, token("z", "1"))).isEqualTo("z5");
        assertThat(extract(small, token("x", "1"))).isEqualTo("x6");
    }
}
