/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often an address may fail: so many at once, and one more each time that the same share of a minute has passed. Who has one IPv6
 * address has 2^64 of them, so the network counts. Bounded in memory. Thread-safe.
 */
final class FailureLimit {

    private static final int ADDRESSES = 10_000;
    private static final int NETWORK_BYTES = 8;

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
        return Math.ceil(debts.getOrDefault(network(address), 0.0)) >= perMinute;
    }

    /** An address has failed. */
    synchronized void failed(String address) {
        forgive();
        String network = network(address);
        if (debts.size() >= ADDRESSES && !debts.containsKey(network)) {
            Iterator<String> oldest = debts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        debts.merge(network, 1.0, Double::sum);
    }

    /** @param address as a text, never a name */
    private static String network(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, NETWORK_BYTES));
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private void forgive() {
        long now = nanoTime.getAsLong();
        double forgiven = (double) (now - lastNanos) * perMinute / TimeUnit.MINUTES.toNanos(1);
        lastNanos = now;
        debts.replaceAll((address, debt) -> debt - forgiven);
        debts.values().removeIf(debt -> debt <= 0);
    }
}
