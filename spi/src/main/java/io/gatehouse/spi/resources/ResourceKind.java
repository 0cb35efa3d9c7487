/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.resources;

import io.gatehouse.spi.Experimental;
import java.util.List;
import java.util.Optional;
import org.pf4j.ExtensionPoint;

/**
 * A kind of resource that a plugin brings. The kernel binds {@code spec} to {@code S} as it binds configuration (see
 * {@link io.gatehouse.spi.ExtensionFactory}), stores it and shows it; components marked
 * {@link io.gatehouse.spi.config.Secret} are never shown.
 *
 * <p>Threading: methods may be called by several threads at once, never on an event loop. Connected clients are not touched when the
 * plugin arrives or changes: resources that are already stored are validated again, and those that fail count as absent and are
 * reported.
 *
 * @param <S> the spec: a record
 */
@Experimental
public interface ResourceKind<S extends Record> extends ExtensionPoint {

    /** The kind's name in UpperCamelCase, such as {@code Account}. */
    String kind();

    /** The record that {@code spec} is bound to. */
    Class<S> specType();

    /**
     * What is wrong with a spec beyond its shape; none when it is good.
     *
     * @param name {@code metadata.name}
     */
    default List<Problem> validate(String name, S spec) {
        return List.of();
    }

    /**
     * The other resources that a spec needs. While one of them is not there, the gateway reports it; a change that would name what is not
     * there is refused, and so is one that would take away what others name. The virtual cluster {@code passthrough} is always there.
     *
     * @param name {@code metadata.name}
     */
    default List<Reference> references(String name, S spec) {
        return List.of();
    }

    /**
     * What is stored instead of what was written through an API: the place to hash a password. Must be idempotent. The file store never
     * calls it for files that an operator wrote.
     *
     * @throws IllegalArgumentException when that may not be written through an API; shown, so that the message quotes no secret
     */
    default S beforeStoring(String name, S spec) {
        return spec;
    }

    /**
     * The same for a resource that may be there already: the place to keep a hash that the written password still matches, so that
     * writing the same again changes nothing.
     *
     * @param stored what the store holds under that name, if it is valid
     */
    default S beforeStoring(String name, S spec, Optional<S> stored) {
        return beforeStoring(name, spec);
    }

    /**
     * One problem of a spec.
     *
     * @param path from {@code spec} on, such as {@code rules[2].names}; empty for the whole
     * @param message the value and the expectation
     */
    record Problem(String path, String message) {}

    /**
     * Another resource that is needed.
     *
     * @param path where it is named, from {@code spec} on, such as {@code virtualCluster}
     * @param kind its kind, such as {@code VirtualCluster}
     * @param name its name
     */
    record Reference(String path, String kind, String name) {}
}
