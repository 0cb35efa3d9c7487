/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Authorization: the extensions (interceptor type {@code acl}, kinds {@code AclBinding} and {@code AclPolicy}) and what ties them together.
 * {@code policy} holds what operators write, {@code decision} what follows from it for a user, {@code apis} what it means for each Kafka
 * request.
 */
@NullMarked
package io.gatehouse.plugins.acl;

import org.jspecify.annotations.NullMarked;
