/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.spi.operations;

import io.gatehouse.spi.Experimental;
import java.util.Optional;
import java.util.Set;

/**
 * Whom to explain: a connection that is there, or somebody who might come. Immutable.
 *
 * @param connection the id of a connection; then only {@code api} and {@code resource} may be said
 * @param listener where somebody would come; the first one when empty
 * @param authentication the entry under which somebody would authenticate; the listener's first one when empty
 * @param principal what the authentication would identify, before any prefix or extraction
 * @param username instead of {@code principal}: the one that a mapping gives this username, or who is called so without a mapping
 * @param groups what the authentication would yield
 * @param virtualCluster what the authentication would yield; what its account says when empty
 * @param api the name of a Kafka API that is asked about, such as {@code Produce}
 * @param resource what it would be about, such as {@code topic:orders}; only with {@code api}
 * @param address the client's address, for policies that look at it; {@code 0.0.0.0} when empty
 */
@Experimental
public record ExplanationRequest(
        Optional<String> connection,
        Optional<String> listener,
        Optional<String> authentication,
        Optional<String> principal,
        Optional<String> username,
        Set<String> groups,
        Optional<String> virtualCluster,
        Optional<String> api,
        Optional<String> resource,
        Optional<String> address) {}
