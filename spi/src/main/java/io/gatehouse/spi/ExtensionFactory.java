/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi;

import org.pf4j.ExtensionPoint;

/**
 * What every configurable extension point has in common: a name that operators write, and a record that their YAML is bound to.
 *
 * <p>A class name is never configuration. The kernel creates one factory per plugin generation by its public no-argument constructor
 * (annotate the class with {@link org.pf4j.Extension}), so a factory holds no state worth closing; what it creates does.
 *
 * <p>Threading: called by one thread at a time, never on an event loop; it may block for as long as the kernel's start deadline (30 s)
 * allows.
 *
 * @param <C> the configuration: a record. Components are required unless they are {@code @Nullable}, {@link java.util.Optional} or
 *     carry {@link io.gatehouse.spi.config.Default}; unknown keys are refused; an {@link IllegalArgumentException} thrown by the
 *     canonical constructor is reported as a problem of that object. Use {@link NoConfig} for none.
 */
public interface ExtensionFactory<C extends Record> extends ExtensionPoint {

    /** The name that stands in configuration, such as {@code plain} or {@code acl}: lower case letters, digits and dashes. */
    String name();

    /** The record that the configuration is bound to. */
    Class<C> configType();
}
