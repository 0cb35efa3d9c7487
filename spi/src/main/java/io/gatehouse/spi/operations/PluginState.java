/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of one jar. Immutable.
 *
 * @param file its name in the plugins folder
 * @param id {@code Plugin-Id}, when it could be read
 * @param version {@code Plugin-Version}, when it could be read
 * @param hash SHA-256 in hex, when the file was read
 * @param state {@code STARTED}, {@code REJECTED} or {@code DRAINING}
 * @param code why it was refused
 * @param message one sentence to the code
 * @param extensions what it offers, such as {@code interceptor acl}
 * @param warnings what may not work although it was not refused
 * @param since when it came into this state
 * @param leases how many things that it made are in use
 */
@Experimental
public record PluginState(
        String file,
        Optional<String> id,
        Optional<String> version,
        Optional<String> hash,
        String state,
        Optional<String> code,
        Optional<String> message,
        List<String> extensions,
        List<String> warnings,
        Instant since,
        int leases) {}
