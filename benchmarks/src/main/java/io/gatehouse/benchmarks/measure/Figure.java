/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.measure;

/** What is measured, with its unit; the order is that of the report. */
public enum Figure {
    CPU_PER_MIB("CPU of the proxy per MiB", "ms/MiB"),
    CPU_PER_REQUEST("CPU of the proxy per request", "us"),
    CPU_PER_CONNECTION("CPU of the proxy per connection", "us"),
    SYSTEM_SHARE("system's part of that CPU", "%"),
    THROUGHPUT("throughput at the client", "MiB/s"),
    REQUESTS("requests answered", "1/s"),
    CONNECTIONS("connections served", "1/s"),
    LATENCY_P50("latency, median", "us"),
    LATENCY_P99("latency, 99 %", "us"),
    LATENCY_P999("latency, 99.9 %", "us"),
    LATENCY_MAX("latency, highest", "us"),
    ALLOCATION_PER_REQUEST("allocated per request", "B"),
    ALLOCATION_RATE("allocated", "MiB/s"),
    COLLECTIONS("garbage collections", "1"),
    COLLECTION_TIME("time of garbage collections", "ms"),
    RESIDENT("memory (RSS)", "MiB"),
    RESIDENT_PER_CONNECTION("memory (RSS) per connection", "KiB"),
    RESIDENT_GROWTH("memory (RSS) above that before", "MiB"),
    READ_PER_CONNECTION("read meanwhile by each client", "KiB"),
    FIRST_START("first start of an installation to ready", "ms"),
    START("later start to ready", "ms"),
    OTHERS_SHARE("machine used by others", "%");

    private final String title;
    private final String unit;

    Figure(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    public String title() {
        return title;
    }

    public String unit() {
        return unit;
    }
}
