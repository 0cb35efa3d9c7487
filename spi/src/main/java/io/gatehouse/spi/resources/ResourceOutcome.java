/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Optional;

/**
 * What became of one change. Immutable.
 *
 * @param version the resource's version now; empty when it is not there, and for what a dry run would write
 * @param warnings what is not wrong but may not be meant, each a sentence
 */
@Experimental
public record ResourceOutcome(
        String kind, String name, Result result, Optional<String> version, List<String> warnings) {

    public ResourceOutcome {
        warnings = List.copyOf(warnings);
    }

    /** In a word. */
    public enum Result {
        CREATED,
        UPDATED,
        /** It was so already; nothing was written. */
        UNCHANGED,
        DELETED
    }
}
