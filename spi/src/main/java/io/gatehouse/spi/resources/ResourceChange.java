/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;

/** One change of a resource of a known kind. Immutable. */
@Experimental
public sealed interface ResourceChange<S extends Record> {

    /** {@code metadata.name}. */
    String name();

    /** What has to be true for it to happen. */
    Precondition precondition();

    /** Adds or replaces a resource, whatever is there. */
    static <S extends Record> ResourceChange<S> put(String name, S spec) {
        return new Put<>(name, spec, Precondition.NONE);
    }

    /** Removes a resource if it is there. */
    static <S extends Record> ResourceChange<S> delete(String name) {
        return new Delete<>(name, Precondition.NONE);
    }

    /** Adds or replaces a resource. */
    record Put<S extends Record>(String name, S spec, Precondition precondition) implements ResourceChange<S> {}

    /** Removes a resource. */
    record Delete<S extends Record>(String name, Precondition precondition) implements ResourceChange<S> {}
}
