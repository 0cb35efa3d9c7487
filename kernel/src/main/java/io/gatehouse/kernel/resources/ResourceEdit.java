/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.resources;

import io.gatehouse.spi.resources.Precondition;
import java.util.Map;

/** A change that somebody asks for. Immutable. */
public sealed interface ResourceEdit {

    String kind();

    String name();

    Precondition precondition();

    /**
     * To add or replace a resource.
     *
     * @param tree the whole document; kind and name in it are checked to be these
     */
    record Put(String kind, String name, Map<String, Object> tree, Precondition precondition) implements ResourceEdit {}

    /** To remove a resource; nothing happens when it is not there and the precondition allows that. */
    record Delete(String kind, String name, Precondition precondition) implements ResourceEdit {}
}
