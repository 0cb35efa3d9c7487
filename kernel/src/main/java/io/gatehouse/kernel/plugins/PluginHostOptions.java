/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Times and names of a {@link PluginHost}. Immutable.
 *
 * @param startDeadline for creating the extensions, for {@code start}, for the self-check and for {@code stop}, each
 * @param drainDeadline how long a replaced generation may be held; longer than the default {@code max.poll.interval.ms}, which a
 *     JoinGroup may wait
 * @param leakAfter how long after its end a generation's class loader may still be reachable
 * @param settle how long a file must stay as it is before it counts
 * @param reserved names of extensions that the gateway has itself
 */
public record PluginHostOptions(
        Duration startDeadline,
        Duration drainDeadline,
        Duration leakAfter,
        Duration settle,
        Map<ExtensionType<?>, Set<String>> reserved) {

    /** What a gateway uses unless it is told otherwise. */
    public static final PluginHostOptions DEFAULT = new PluginHostOptions(
            Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofMillis(400), Map.of());

    /** The same with other times for what comes after a swap. */
    public PluginHostOptions withEnd(Duration drain, Duration leak) {
        return new PluginHostOptions(startDeadline, drain, leak, settle, reserved);
    }

    /** The same with other names. */
    public PluginHostOptions withReserved(Map<ExtensionType<?>, Set<String>> names) {
        return new PluginHostOptions(startDeadline, drainDeadline, leakAfter, settle, names);
    }
}
