/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

/** Why a jar was refused; stands in logs and in the status next to a sentence for people. */
public enum RejectionCode {
    /** Others than the gateway's own account may write to the plugins folder. */
    INSECURE_FOLDER,
    /** Others than the gateway's own account may write to the jar. */
    INSECURE_FILE,
    /** The file could not be read or copied. */
    UNREADABLE,
    /** Not a zip, cut short, or an entry that does not read. */
    CORRUPT,
    /** No manifest, or none of the {@code Plugin-*} entries. */
    NO_DESCRIPTOR,
    /** {@code Plugin-Id} is missing or not a name. */
    BAD_ID,
    /** {@code Plugin-Version} is missing or not semver. */
    BAD_VERSION,
    /** {@code Plugin-Provider} is missing. */
    NO_PROVIDER,
    /** {@code Plugin-Requires} is missing or not a version range. */
    BAD_REQUIRES,
    /** {@code Plugin-Requires} accepts every future SPI. */
    REQUIRES_UNBOUNDED,
    /** {@code Plugin-Requires} does not accept this gateway's SPI. */
    REQUIRES_OTHER_SPI,
    /** {@code Plugin-Dependencies} is set. */
    HAS_DEPENDENCIES,
    /** Class files for a newer Java than the one that runs. */
    CLASS_FILES_TOO_NEW,
    /** The jar brings classes of a package that the gateway shares with plugins. */
    BUNDLES_SHARED_PACKAGE,
    /** No {@code META-INF/extensions.idx}, or an empty one. */
    NO_EXTENSION_INDEX,
    /** A shared package lacks a class or member that an extension needs. */
    MISSING_CLASS_OR_MEMBER,
    /** Two files have one plugin id. */
    DUPLICATE_ID,
    /** The running plugin has this version but other bytes. */
    SAME_VERSION_OTHER_BYTES,
    /** An indexed class cannot be loaded or instantiated. */
    EXTENSION_FAILED,
    /** An indexed class implements no extension point, or its name is not one. */
    EXTENSION_INVALID,
    /** Two extensions of one extension point have one name. */
    DUPLICATE_EXTENSION,
    /** {@code Plugin-Class} cannot be created. */
    MAIN_CLASS_FAILED,
    /** {@code start} threw. */
    START_FAILED,
    /** Extensions or {@code start} were not ready in time. */
    START_TIMED_OUT,
    /** The plugin's check of itself threw, or was not done in time. */
    SELF_CHECK_FAILED
}
