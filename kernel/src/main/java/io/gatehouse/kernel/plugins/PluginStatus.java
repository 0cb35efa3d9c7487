/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one jar.
 *
 * @param file the jar's name in the plugins folder
 * @param id {@code Plugin-Id}; null when it could not be read
 * @param version {@code Plugin-Version}; null when it could not be read
 * @param hash SHA-256 in hex; null when the file was not read
 * @param code why it was refused; null when it runs
 * @param message one sentence to {@code code}; null when it runs
 * @param extensions what it offers, such as {@code interceptor starter}
 */
public record PluginStatus(
        String file,
        @Nullable String id,
        @Nullable String version,
        @Nullable String hash,
        State state,
        @Nullable RejectionCode code,
        @Nullable String message,
        List<String> extensions) {

    /** Whether the jar's extensions are in use. */
    public enum State {
        /** Its extensions are in use. */
        STARTED,
        /** It was refused; what ran before goes on. */
        REJECTED
    }
}
