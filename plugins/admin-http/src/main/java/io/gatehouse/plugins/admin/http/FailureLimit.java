/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often an address may fail: so many at once, and one more each time that the same share of a minute has passed. Bounded in memory.
 * Thread-safe.
 */
final class FailureLimit {

    private static final int ADDRESSES = 10_000;

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Double> debts = new LinkedHashMap<>();
    private long lastNanos;

    FailureLimit(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Whether an address has failed too often. */
    synchronized boolean isExceeded(String address) {
        forgive();
        return Math.ceil(debts.getOrDefault(address, 0.0)) >= perMinute;
    }

    /** An address has failed. */
    synchronized void failed(String address) {
        forgive();
        if (debts.size() >= ADDRESSES && !debts.containsKey(address)) {
            Iterator<String> oldest = debts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        debts.merge(address, 1.0, Double::sum);
    }

    private void forgive() {
        long now = nanoTime.getAsLong();
        double forgiven = (double) (now - lastNanos) * perMinute / TimeUnit.MINUTES.toNanos(1);
        lastNanos = now;
        debts.replaceAll((address, debt) -> debt - forgiven);
        debts.values().removeIf(debt -> debt <= 0);
    }
}
