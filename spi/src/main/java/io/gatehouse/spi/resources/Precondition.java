/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.Optional;

/**
 * What has to be true of a resource for a change of it to happen, so that nobody overwrites what they have not seen. Immutable.
 *
 * @param absent whether there must be none
 * @param version the version that it must have; empty for any
 */
@Experimental
public record Precondition(boolean absent, Optional<String> version) {

    /** Whatever is there, or nothing. */
    public static final Precondition NONE = new Precondition(false, Optional.empty());

    /** There is no such resource. */
    public static final Precondition ABSENT = new Precondition(true, Optional.empty());

    public Precondition {
        if (absent && version.isPresent()) {
            throw new IllegalArgumentException("absent with version " + version.get() + " (expected: one of both)");
        }
    }

    /** It is there with exactly this version. */
    public static Precondition version(String version) {
        return new Precondition(false, Optional.of(version));
    }
}
