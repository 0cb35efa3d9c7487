/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Namespaces: tenants share a cluster, each with names of its own. Which fields of Kafka's messages are names stands in {@code fields.txt},
 * and {@link io.gatehouse.plugins.namespace.MessageShape} finds them in messages; {@link io.gatehouse.plugins.namespace.Namespace} says
 * what a name is called on the other side; the rest is for what is more than a name: patterns, configs, ACLs, pages.
 */
@NullMarked
package io.gatehouse.plugins.namespace;

import org.jspecify.annotations.NullMarked;
