/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one jar.
 *
 * @param file the jar's name in the plugins folder; of a draining generation, the one that it came from
 * @param id {@code Plugin-Id}; null when it could not be read
 * @param version {@code Plugin-Version}; null when it could not be read
 * @param hash SHA-256 in hex; null when the file was not read
 * @param code why it was refused; null unless it was
 * @param message one sentence to {@code code}; null unless it was refused
 * @param extensions what it offers, such as {@code interceptor starter}
 * @param warnings what may not work although it was not refused, each a sentence
 * @param since when it came into this state
 * @param leases how many things that its extensions made are in use
 */
public record PluginStatus(
        String file,
        @Nullable String id,
        @Nullable String version,
        @Nullable String hash,
        State state,
        @Nullable RejectionCode code,
        @Nullable String message,
        List<String> extensions,
        List<String> warnings,
        Instant since,
        int leases) {

    /** Whether the jar's extensions are in use. */
    public enum State {
        /** Its extensions are in use. */
        STARTED,
        /** It was refused; what ran before goes on. */
        REJECTED,
        /** It was replaced or removed; what is under way finishes on it. */
        DRAINING
    }

    static PluginStatus of(PluginGeneration generation, String file, State state, Instant since) {
        return new PluginStatus(
                file,
                generation.id(),
                generation.version(),
                generation.hash(),
                state,
                null,
                null,
                generation.extensions().stream().map(Object::toString).toList(),
                generation.warnings(),
                since,
                generation.leases());
    }

    static PluginStatus refused(PluginInbox.Entry entry, PluginRejectedException e, Instant since) {
        PluginManifest manifest = entry.manifest();
        return new PluginStatus(
                entry.file(),
                manifest == null ? null : manifest.id(),
                manifest == null ? null : manifest.version(),
                entry.hash(),
                State.REJECTED,
                e.code(),
                e.getMessage(),
                List.of(),
                manifest == null ? List.of() : manifest.warnings(),
                since,
                0);
    }

    /** Whether it says the same about the same bytes, whenever it came to be so. */
    boolean isSameRefusal(PluginStatus other) {
        return state == other.state
                && file.equals(other.file)
                && Objects.equals(hash, other.hash)
                && Objects.equals(message, other.message);
    }
}
