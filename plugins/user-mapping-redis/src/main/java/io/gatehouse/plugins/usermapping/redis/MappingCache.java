/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.usermapping.redis;

import io.gatehouse.spi.identity.UserMapping;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mappings that were found, by principal and authentication entry; the principal that was not asked for longest goes first when there are too
 * many. Absences are not in it. Thread-safe.
 *
 * <p>What is being read while it changes must not be kept: a reader takes {@link #version} before it reads, and what it {@link #put puts} with
 * a version that has passed is left out.
 */
final class MappingCache {

    private final int size;
    private final long timeNanos;
    private final LinkedHashMap<String, Map<String, Kept>> principals = new LinkedHashMap<>(16, 0.75f, true);
    private long version;

    private record Kept(UserMapping mapping, long nanos) {}

    MappingCache(int size, Duration time) {
        this.size = size;
        this.timeNanos = time.toNanos();
    }

    synchronized long version() {
        return version;
    }

    synchronized void put(long readWith, String authentication, String principal, UserMapping mapping) {
        if (readWith != version) {
            return;
        }
        principals
                .computeIfAbsent(principal, key -> new HashMap<>())
                .put(authentication, new Kept(mapping, System.nanoTime()));
        if (principals.size() > size) {
            principals.remove(principals.keySet().iterator().next());
        }
    }

    /** What is kept, however old. */
    synchronized Optional<UserMapping> any(String authentication, String principal) {
        return Optional.ofNullable(kept(authentication, principal)).map(Kept::mapping);
    }

    /** What is kept and young enough. */
    synchronized Optional<UserMapping> fresh(String authentication, String principal) {
        return Optional.ofNullable(kept(authentication, principal))
                .filter(kept -> System.nanoTime() - kept.nanos() < timeNanos)
                .map(Kept::mapping);
    }

    private @Nullable Kept kept(String authentication, String principal) {
        Map<String, Kept> entries = principals.get(principal);
        return entries == null ? null : entries.get(authentication);
    }

    /** A principal's mappings have changed. */
    synchronized void forget(String principal) {
        version++;
        principals.remove(principal);
    }

    /** Anything may have changed. */
    synchronized void clear() {
        version++;
        principals.clear();
    }

    synchronized int size() {
        return principals.size();
    }
}
