/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Authentication by TLS client certificates: the identifier is the subject DN after a Kafka broker's own mapping rules, or a subject
 * alternative name. The certificates were verified by the listener.
 */
@NullMarked
package io.gatehouse.plugins.auth.mtls;

import org.jspecify.annotations.NullMarked;
